"""Child processes that never outlive the demo: started apart, stopped in order, found again after kill -9."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import psutil

from sandbox.driver.folder import DemoError

# The kernel sends SIGTERM to the child when its parent is gone (PR_SET_PDEATHSIG is 1), even after kill -9;
# the second look at the parent closes the gap between fork and prctl. The command then takes our place.
_BOUND = (
    "import ctypes,os,sys\n"
    "parent=int(sys.argv[1])\n"
    "try: ctypes.CDLL(None).prctl(1,15)\n"
    "except (AttributeError,OSError): pass\n"
    "os.getppid()==parent or sys.exit(1)\n"
    "os.execv(sys.argv[2],sys.argv[2:])\n"
)
_STOP_SECONDS = 15.0
_SAME_PROCESS_SECONDS = 1.0


@dataclass(frozen=True)
class Command:
    """One command line of a child: `argv[0]` is an absolute path."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class _Child:
    command: Command
    process: Process
    created: float
    expected_to_end: bool = False


class Processes:
    """The demo's children by name; leaving the context stops all of them, the last started first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = folder / "children.json"
        self._children: dict[str, _Child] = {}

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(stop_leftovers, self._state)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_all()

    async def start(self, command: Command, *, announces: float | None = None) -> dict[str, Any]:
        """Start a child; with `announces` (seconds) wait for its first line, a JSON object, and return it."""
        with self.log_of(command.name).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-ISc", _BOUND, str(os.getpid()), *command.argv),
                env=dict(command.env),
                cwd=self._folder,
                stdin=DEVNULL,
                stdout=log if announces is None else PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._children[command.name] = _Child(command, process, _created(process.pid))
        self._remember()
        return {} if announces is None else await self._announcement(command.name, process, announces)

    async def _announcement(self, name: str, process: Process, seconds: float) -> dict[str, Any]:
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), seconds)
            announced: dict[str, Any] = json.loads(line)
        except (TimeoutError, ValueError):
            raise DemoError(self._complaint(name, "did not start")) from None
        return announced

    def _complaint(self, name: str, what: str) -> str:
        log = self.log_of(name)
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:] if log.exists() else []
        return "\n  ".join([f"{name} {what}; its log is {log}", *tail])

    def log_of(self, name: str) -> Path:
        return self._folder / "log" / f"{name}.log"

    def pid(self, name: str) -> int:
        return self._children[name].process.pid

    def is_running(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and child.process.returncode is None

    def check(self) -> None:
        """Raise DemoError, with the end of its log, if a child ended by itself."""
        for name, child in self._children.items():
            if child.process.returncode is not None and not child.expected_to_end:
                raise DemoError(self._complaint(name, f"ended with status {child.process.returncode}"))

    async def crash(self, name: str) -> None:
        """Kill -9 the child and whatever it started, as a crash would."""
        child = self._children[name] = replace(self._children[name], expected_to_end=True)
        _signal(os.killpg, child.process.pid, signal.SIGKILL)
        await child.process.wait()
        self._remember()

    async def restart(self, name: str) -> None:
        await self.start(self._children[name].command)

    async def stop(self, name: str, seconds: float = _STOP_SECONDS) -> int:
        """SIGTERM, wait, kill -9 only at the end; returns the exit status (negative: the signal)."""
        child = self._children[name] = replace(self._children[name], expected_to_end=True)
        if child.process.returncode is None:
            # Not Process.terminate(): it polls first and would take the status from asyncio's watcher.
            _signal(os.kill, child.process.pid, signal.SIGTERM)
        try:
            status = await asyncio.wait_for(child.process.wait(), seconds)
        except TimeoutError:
            _signal(os.killpg, child.process.pid, signal.SIGKILL)
            status = await child.process.wait()
        self._children.pop(name, None)
        self._remember()
        return status

    async def stop_all(self) -> None:
        for name in reversed(list(self._children)):
            await self.stop(name)

    def _remember(self) -> None:
        rows = [
            {"name": name, "pid": child.process.pid, "created": child.created}
            for name, child in self._children.items()
            if child.process.returncode is None
        ]
        if not rows:
            self._state.unlink(missing_ok=True)
            return
        fresh = self._state.with_suffix(".new")
        fresh.write_text(json.dumps(rows), encoding="utf-8")
        fresh.replace(self._state)


def plain_environment() -> dict[str, str]:
    """Our environment without any setting of a bridge that the person may run beside the demo."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")}


def stop_leftovers(state: Path, seconds: float = _STOP_SECONDS) -> None:
    """Stop the children of a demo that was killed: the same pid AND the same birth, never a stranger."""
    try:
        rows = json.loads(state.read_text(encoding="utf-8"))
        known = [(int(row["pid"]), float(row["created"])) for row in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return
    for pid, created in reversed(known):
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < _SAME_PROCESS_SECONDS:
                _end(process, seconds)
        except psutil.NoSuchProcess:
            continue
    state.unlink(missing_ok=True)


def _end(process: psutil.Process, seconds: float) -> None:
    process.terminate()
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        _signal(os.killpg, process.pid, signal.SIGKILL)


def _created(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def _signal(send: Callable[[int, int], None], pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        send(pid, number)
