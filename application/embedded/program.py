"""One server process of ours: started in its own session, waited for, stopped."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import psutil

from application.embedded import processes
from application.embedded.errors import EmbeddedError
from application.embedded.folder import Folder

PATIENCE = 120.0  # a database may have a long log to replay after a kill


class Program:
    """A server binary that works in one folder; whatever runs there is its process, ours or left over."""

    def __init__(self, title: str, binary: Path, home: Path, folder: Folder, log: str) -> None:
        self.title = title
        self.binary = binary
        self.home = home
        self._folder = folder
        self._log = log
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(
        self, arguments: Sequence[str], is_ready: Callable[[int], bool], giving_up: threading.Event
    ) -> None:
        self._spawn(arguments)
        pid = self.pid
        end = time.monotonic() + PATIENCE
        while pid is not None and not is_ready(pid):
            if not self.running:
                raise EmbeddedError(f"{self.title} did not start: {self._last_words()}")
            if giving_up.is_set() or time.monotonic() > end:
                raise EmbeddedError(f"{self.title} was not ready in time: {self._last_words()}")
            time.sleep(processes.POLL)

    def stop(self, steps: Iterable[tuple[signal.Signals, float]]) -> None:
        """Stop our process, then whatever else of it still works in its folder."""
        if self._process is not None and self.running:
            with contextlib.suppress(psutil.NoSuchProcess):
                processes.stop([psutil.Process(self._process.pid)], steps)
            # The first thread may be over while others still end: only then can it be reaped.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10.0)
        if self._process is None or self._process.returncode != 0:
            self.sweep(steps)
        self._process = None

    def sweep(self, steps: Iterable[tuple[signal.Signals, float]]) -> None:
        """Stop what an earlier owner left: first the server, which ends its children, then the rest."""
        found = processes.running_in(self.home, self.binary.name)
        pids = {process.pid for process in found}
        servers = [process for process in found if processes.parent(process) not in pids]
        processes.stop(servers, steps)
        processes.stop(processes.running_in(self.home, self.binary.name), [(signal.SIGKILL, 10.0)])

    def _spawn(self, arguments: Sequence[str]) -> None:
        account = self._folder.account
        identity = account.identity() if account else {}
        log = self._folder.log(self._log)
        self._log_start = os.fstat(log).st_size
        try:
            self._process = subprocess.Popen(
                [self.binary, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,  # from its first moment on it is known by this
                env=environment(),
                start_new_session=True,  # Ctrl-C in a terminal must reach us, not the servers
                umask=0o077,
                **identity,
            )
        except OSError as error:
            raise EmbeddedError(f"{self.title} did not start: {error}") from error
        finally:
            os.close(log)

    def _last_words(self) -> str:
        path = self._folder.path / self._log
        with path.open("rb") as file:
            file.seek(self._log_start)
            lines = file.read().decode(errors="replace").strip().splitlines()
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-1:]
        return f"{telling[-1] if telling else 'it said nothing'} (more in {path})"


def environment() -> dict[str, str]:
    """Nothing of ours reaches the servers: no secrets, no PG… variables, no locale."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
