"""SIGTERM: web and worker end within ten seconds, and nothing is lost or left leased."""

import time

import pytest

from tests.scenarios.arena import Arena, Pair, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEN_SECONDS = 10.0
HELD = """
SELECT (SELECT count(*) FROM lanes WHERE owner IS NOT NULL) AS lanes,
       (SELECT count(*) FROM deliveries WHERE state = 'running') AS deliveries
"""


@pytest.mark.parametrize("name", ["worker", "web"])
async def test_terminating_in_the_middle_of_work_loses_and_leases_nothing(arena: Arena, name: str):
    pair = await arena.pair()
    await pair.send(120)

    async def some_arrived() -> bool:
        return bool(await arena.control.deal_count(pair.hub.name))

    await until(some_arrived, 30)
    await calls_are_in(pair)
    started = time.monotonic()
    status = await arena.processes.stop(name, seconds=30)
    assert time.monotonic() - started < TEN_SECONDS
    assert status == 0
    if name == "worker":
        assert tuple((await arena.fetch(HELD))[0].values()) == (0, 0)
        await arena.bridge.start_worker()
    else:
        await arena.bridge.start_web()
        await arena.bridge.ready()
    count = await until(pair.arrived, 60)
    assert (count.delivered, count.duplicates) == (120, 0)


async def calls_are_in(pair: Pair) -> None:
    """Calls that find no web process are lost by Bitrix24, not by us: none may be on its way now."""

    async def none_pending() -> bool:
        return await pair.traffic.pending_calls() == 0

    await until(none_pending, 30)


async def test_a_worker_ends_in_time_while_a_portal_does_not_answer(arena: Arena):
    pair = await arena.pair()
    await arena.control.fault("hang_then_commit", pair.hub.name, method="crm.*.add", times=1, seconds=8)
    await pair.send(5)
    await calls_are_in(pair)

    async def hub_was_asked() -> bool:
        faults = await arena.control.call("GET", "faults")
        return any(fault["hits"] for fault in faults)

    await until(hub_was_asked, 30, "the hub hangs")
    started = time.monotonic()
    await arena.processes.stop("worker", seconds=30)
    assert time.monotonic() - started < TEN_SECONDS
    assert tuple((await arena.fetch(HELD))[0].values()) == (0, 0)
    await arena.control.clear_faults()
    await arena.bridge.start_worker()
    count = await until(pair.arrived, 60)
    assert (count.delivered, count.duplicates) == (5, 0)
