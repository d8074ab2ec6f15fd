"""PostgreSQL and Valkey for the tests: each pytest worker holds a pair of its own.

The pairs live in numbered folders that later runs find again, so that a run starts in a blink and
puts right what a killed run left; a folder whose lock is held belongs to a worker of another run.
"""

import asyncio
import os
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import redis

from application.embedded import Servers
from application.embedded.cluster import Cluster
from application.embedded.errors import FolderInUseError

T = TypeVar("T")
FOLDERS = Path(__file__).parents[1] / "var" / "test-servers"


@contextmanager
def running_servers() -> Iterator[Servers]:
    for number in count():
        cluster = Cluster(FOLDERS / str(number))
        try:
            running = cluster.start()
        except FolderInUseError:
            continue
        try:
            yield running
        finally:
            cluster.stop()
        return


def worker_name() -> str:
    """`gw0`, `gw1`, … under xdist, otherwise `alone`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


def fresh_database(servers: Servers, purpose: str = "test") -> str:
    """The address of an empty database for this worker; what earlier runs left of its kind is dropped."""
    name = f"{purpose}_{worker_name()}"

    async def make() -> None:
        connection = await asyncpg.connect(servers.database_url)
        try:
            left = await connection.fetch(
                "SELECT datname FROM pg_database WHERE datname LIKE $1", f"{purpose}\\_%"
            )
            for row in left:
                await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()

    apart(make())
    return urlsplit(servers.database_url)._replace(path=f"/{name}").geturl()


def fresh_redis(servers: Servers) -> str:
    """The address of an empty Valkey database, whose number is this worker's own."""
    assert servers.redis_url is not None, servers.notes
    digits = re.sub(r"\D", "", worker_name())
    url = f"{servers.redis_url}?db={int(digits) + 1 if digits else 0}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run it in a loop of its own that the tests' loops never notice."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
