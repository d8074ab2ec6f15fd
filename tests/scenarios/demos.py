"""Starts `python -m sandbox demo` as a person or a script does, and reads what it says."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from sandbox.driver.folder import CHECKOUT
from sandbox.driver.processes import plain_environment

RESULT = {
    "deals",
    "delivered",
    "lost",
    "duplicates",
    "hub_deals",
    "hub_requests",
    "partner_requests",
    "seconds",
}


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", "demo", "--folder", str(folder), *options]


def demo(folder: Path, *options: str, seconds: float = 240) -> dict[str, Any]:
    """Run a headless demo to its end and return its result; fails with what it said if it failed."""
    done = subprocess.run(
        command(folder, "--headless", "--json", *options),
        check=False,
        cwd=CHECKOUT,
        env=plain_environment(),
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert set(result) == RESULT
    return result


@contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A demo that goes on; whatever the test did to it, it is gone afterwards."""
    process = subprocess.Popen(
        command(folder, *options),
        cwd=CHECKOUT,
        env=plain_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read the demo's output up to the line that holds these words."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"the demo ended before saying {words!r}: {''.join(said)[-3000:]}")


def at_work_in(folder: Path) -> list[str]:
    """Command lines of living processes that were started for the demo in this folder."""
    own = os.getpid()
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if process.info["pid"] == own or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        if str(folder) in line or _stands_in(process, folder):
            found.append(line)
    return found


def _stands_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except (psutil.Error, OSError):
        return False
