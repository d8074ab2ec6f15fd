"""PostgreSQL or Redis stopped under a working bridge, and back again: nobody restarts anything."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnectedError

from tests.scenarios.arena import Arena, until
from tests.scenarios.calls import encoded, post, robot_call

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def stopped(arena: Arena, server: str) -> AsyncIterator[None]:
    """End one server; its keeper, which would start it again at once, sleeps meanwhile."""
    keeper = psutil.Process(arena.processes.pid("servers"))
    victims = [child for child in keeper.children() if server in child.name()]
    assert len(victims) == 1, [child.name() for child in keeper.children()]
    keeper.suspend()
    try:
        # SIGINT is PostgreSQL's fast stop: its clients are told and cut off; Valkey ends by it as well.
        os.kill(victims[0].pid, signal.SIGINT)

        async def ended() -> bool:
            return not victims[0].is_running() or victims[0].status() == psutil.STATUS_ZOMBIE

        await until(ended, 20, f"{server} stopped")
        yield
    finally:
        keeper.resume()


async def test_without_postgresql_a_call_is_answered_503_and_work_goes_on_when_it_is_back(own_arena: Arena):
    arena = own_arena
    pair = await arena.pair()
    await pair.send(30)
    deal = (await arena.control.add_deals(pair.partner.name, [{"title": "Later", "opportunity": 5}]))[0]
    call = encoded(await robot_call(arena, pair, deal))

    async def all_in() -> bool:
        return await pair.traffic.pending_calls() == 0

    await until(all_in, 30)
    async with stopped(arena, "postgres"):
        status, reason = await post(arena, call)
        assert (status, set(reason)) == (503, {"error", "reason"})

    async def accepted() -> bool:
        return (await post(arena, call))[0] == 200

    await until(accepted, 60, "calls accepted again")
    pair.traffic.sent[pair.partner.name].append(deal)
    count = await until(pair.arrived, 90, "everything in the hub")
    assert (count.delivered, count.duplicates) == (31, 0)
    arena.processes.check()


async def test_a_call_that_was_refused_while_postgresql_was_away_is_not_stored_later(own_arena: Arena):
    arena = own_arena
    pair = await arena.pair()
    call = encoded(await robot_call(arena, pair, 77))
    stored = await arena.stored_calls()
    async with stopped(arena, "postgres"):
        assert (await post(arena, call))[0] == 503
    await arena.bridge.ready()

    assert await arena.stored_calls() == stored


async def answers(redis: Redis) -> bool:
    try:
        return bool(await redis.execute_command("PING"))
    except (NotConnectedError, OSError):
        return False


async def test_without_redis_everything_still_arrives_and_its_return_needs_no_restart(own_arena: Arena):
    arena = own_arena
    pair = await arena.pair()
    async with stopped(arena, "valkey"):
        await pair.send(60)
        try:
            count = await until(pair.arrived, 90, "everything in the hub without Redis")
        except AssertionError as error:
            error.add_note(await arena.standing())
            raise
        assert (count.delivered, count.duplicates) == (60, 0)
    async with Redis.from_url(arena.env["BRIDGE_REDIS_URL"]) as redis:
        await until(lambda: answers(redis), 20, "Valkey back")
        await redis.config_resetstat()
        await pair.send(60)
        count = await until(pair.arrived, 60, "everything in the hub with Redis again")
        used = await redis.info("commandstats")
    assert (count.delivered, count.duplicates) == (120, 0)
    # Full speed means that both processes keep the limits together again, by the script in Redis.
    assert any(name.startswith("cmdstat_eval") for name in used), sorted(used)
    arena.processes.check()
