"""Stand-ins for whole bridges: processes that hold servers, and what is asked of those servers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import redis.asyncio

from application.embedded import processes

ROOT = Path(__file__).parents[2]


class Bridge:
    """A process of its own that holds the servers of one folder."""

    def __init__(self, folder: Path, *arguments: str, path: Path | None = None) -> None:
        python_path = os.pathsep.join(str(place) for place in (path, ROOT) if place)
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.embedded.holder", str(folder), *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": python_path},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def said(self) -> dict[str, Any]:
        """Its next line: the servers' addresses, or why there are none."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        answer: dict[str, Any] = json.loads(line or "{}")
        return answer

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        try:
            return self.process.wait(30)
        finally:
            assert self.process.stdout
            self.process.stdout.close()


def copy(made: Path, target: Path) -> Path:
    """A copy of a data folder, owners and modes included."""
    subprocess.run(["cp", "-a", str(made), str(target)], check=True)
    return target


def at_work(folder: Path) -> dict[str, psutil.Process]:
    """The servers of a folder by name; PostgreSQL's first process stands for all of them."""
    postgres = processes.running_in(folder / "postgres" / "data", "postgres")
    pids = {process.pid for process in postgres}
    found = [("postgres", process) for process in postgres if processes.parent(process) not in pids]
    found += [("valkey", process) for process in processes.running_in(folder / "valkey", "valkey-server")]
    return dict(found)


def everything_in(folder: Path) -> list[psutil.Process]:
    """Every server process that works anywhere in a folder, half-made databases too."""
    found = []
    for pid in psutil.pids():
        try:
            process = psutil.Process(pid)
            inside = process.cwd().startswith(f"{folder}/")
            if (
                inside
                and process.name() in {"postgres", "initdb", "valkey-server"}
                and processes.alive(process)
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(condition: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"in vain waited until {what}"
        time.sleep(0.01)


async def ask(url: str, question: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def leave_marks(addresses: dict[str, Any] | Any) -> None:
    """Write something to both servers that must be there for ever after."""
    database_url, redis_url = _both(addresses)
    await ask(database_url, "CREATE TABLE IF NOT EXISTS marks AS SELECT 'kept' AS mark")
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.set("mark", "kept")
        await client.execute_command("WAITAOF", 1, 0, 5000)


async def marks(addresses: dict[str, Any] | Any) -> tuple[Any, Any]:
    database_url, redis_url = _both(addresses)
    async with redis.asyncio.Redis.from_url(redis_url, decode_responses=True) as client:
        mark = await client.get("mark")
    return await ask(database_url, "SELECT mark FROM marks"), mark or "lost"


def _both(addresses: dict[str, Any] | Any) -> tuple[str, str]:
    if isinstance(addresses, dict):
        return addresses["database_url"], addresses["redis_url"]
    return addresses.database_url, addresses.redis_url
