"""What every test may ask for: servers of this worker, its database and its Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from application.embedded import Servers
from application.store.database import Pool, connect, migrate
from tests.servers import apart, fresh_database, fresh_redis, running_servers

CLOSE_SECONDS = 10.0


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey of this worker, for the whole run."""
    with running_servers() as running:
        yield running


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> str:
    """The address of this worker's database, made anew for the run."""
    url = fresh_database(servers)
    apart(migrate(url))
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Empty tables, emptied before the test: after a failure, what it left is there to see."""
    opened = await connect(database_url)
    try:
        await opened.execute("TRUNCATE applications, portals, mappings, lanes RESTART IDENTITY CASCADE")
        yield opened
    finally:
        await asyncio.wait_for(opened.close(), CLOSE_SECONDS)


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    """The address of this worker's own Valkey database, empty when the run begins."""
    return fresh_redis(servers)
