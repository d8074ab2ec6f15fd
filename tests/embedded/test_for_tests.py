"""The servers that all other tests ask for."""

import redis.asyncio

from application.embedded import Servers
from tests.embedded.bridges import ask
from tests.servers import fresh_database, running_servers, worker_name


async def test_each_worker_has_a_database_of_its_own(database_url: str):
    assert await ask(database_url, "SELECT current_database()") == f"test_{worker_name()}"


async def test_each_worker_has_a_redis_of_its_own(redis_url: str):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.incr("turns") == 1


async def test_a_run_beside_this_one_takes_other_servers(servers: Servers):
    with running_servers() as others:
        assert others.folder != servers.folder
        assert await ask(fresh_database(others), "SELECT 1") == 1
