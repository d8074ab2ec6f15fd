"""Server processes told apart from strangers, zombies and reused process ids."""

import contextlib
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

POLL = 0.005


def alive(process: psutil.Process) -> bool:
    """A zombie is dead: where PID 1 does not reap, it would stay for ever."""
    try:
        # psutil compares the creation time as well, so that a reused id is somebody else.
        return process.is_running() and process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False


def running_in(home: Path, program: str) -> list[psutil.Process]:
    """Processes of this program that work in this folder, whoever started them.

    A server is known by what it executes and where it stands, never by a number in a file.
    """
    found = []
    # Not `process_iter`: it remembers what a process executed when it was first seen, and a server
    # seen between its fork and its exec would be taken for a Python for ever after.
    for pid in psutil.pids():
        with contextlib.suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            # Linux adds " (deleted)" when the binary was replaced under a running server.
            executable = Path(process.exe()).name.removesuffix(" (deleted)")
            if executable == program and Path(process.cwd()) == home and alive(process):
                found.append(process)
    return found


def wait_gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for their end; returns those that are still there."""
    end = time.monotonic() + seconds
    left = [process for process in processes if alive(process)]
    while left and time.monotonic() < end:
        time.sleep(POLL)
        left = [process for process in left if alive(process)]
    return left


def send(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def stop(processes: list[psutil.Process], steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """Each signal in turn, each with its patience, until none is left."""
    left = [process for process in processes if alive(process)]
    for number, seconds in steps:
        if not left:
            return
        send(left, number)
        left = wait_gone(left, seconds)


def parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.Error:
        return None
