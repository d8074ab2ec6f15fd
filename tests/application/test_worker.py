"""The worker carries every call to a final state, and no portal, deal or crash stops another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from application.store.database import Pool
from application.store.lanes import Lanes
from application.verdicts import MAX_FAILURES
from tests.application.bench import Bench, at_work, name_of, open_bench
from tests.application.store.rows import Rows
from tests.application.tasks import running, until


@pytest.fixture
async def other(
    tmp_path_factory: pytest.TempPathFactory, bench: Bench, database_url: str
) -> AsyncIterator[Bench]:
    """A second worker process on the same database, for the same sandbox."""
    folder = tmp_path_factory.mktemp("other")
    async with open_bench(folder, database_url, **bench.shared()) as opened:
        yield opened


async def _deal(bench: Bench, portal_name: str) -> int:
    (deal_id,) = await bench.control.add_deals(portal_name, [{"title": "A deal"}])
    return deal_id


async def test_two_workers_share_the_work_and_deliver_each_deal_once(bench: Bench, other: Bench) -> None:
    hub = await bench.portal("hub")
    deliveries = []
    for _ in range(3):
        partner = await bench.portal("partner")
        await bench.route(partner, hub)
        ids = await bench.control.add_deals(name_of(partner), [{"title": f"Deal {n}"} for n in range(20)])
        deliveries += [await bench.call_robot(partner, deal_id) for deal_id in ids]
    async with at_work(bench.engine), at_work(other.engine):
        states = [(await bench.settled(delivery))["state"] for delivery in deliveries]
    assert states == ["delivered"] * 60
    assert len(await bench.deals(hub)) == 60


async def test_a_dead_hub_stops_no_other_hub(bench: Bench, pool: Pool) -> None:
    (dead, alive) = [await bench.portal("hub") for _ in range(2)]
    stuck, free = [await bench.portal("partner") for _ in range(2)]
    await bench.route(stuck, dead)
    await bench.route(free, alive)
    await bench.control.fault("revoke_tokens", name_of(dead))
    waits = await bench.call_robot(stuck, await _deal(bench, name_of(stuck)))
    goes = await bench.call_robot(free, await _deal(bench, name_of(free)))
    async with at_work(bench.engine):
        assert (await bench.settled(goes))["state"] == "delivered"

        async def parked() -> bool:
            return bool((await bench.row(waits))["problem"] == "refresh_refused")

        await until(parked)
    row = await bench.row(waits)
    assert (row["state"], row["failures"]) == ("waiting", 0)
    state = await pool.fetchval("SELECT state FROM portals WHERE id = $1", dead.id)
    assert state == "parked"


async def test_a_deal_that_nobody_can_open_any_more_is_rejected_and_its_neighbours_go(bench: Bench) -> None:
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    await bench.route(partner, hub)
    gone = await bench.call_robot(partner, 10**6)
    there = await bench.call_robot(partner, await _deal(bench, name_of(partner)))
    async with at_work(bench.engine):
        assert (await bench.settled(gone))["state"] == "rejected"
        assert (await bench.settled(there))["state"] == "delivered"


async def test_a_delivery_that_has_cost_a_hundred_workers_is_tried_no_more(bench: Bench, pool: Pool) -> None:
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    await bench.route(partner, hub)
    delivery = await bench.call_robot(partner, await _deal(bench, name_of(partner)))
    await pool.execute("UPDATE deliveries SET failures = $1", MAX_FAILURES)
    async with at_work(bench.engine):
        assert (await bench.settled(delivery))["state"] == "dead"
    assert (await bench.journal(delivery))[-2:] == ["lost_worker", "given_up"]
    assert await bench.deals(hub) == []


async def test_what_a_stopped_worker_had_begun_is_handed_back_at_once_and_counts_nothing(
    bench: Bench,
) -> None:
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    await bench.route(partner, hub)
    delivery = await bench.call_robot(partner, await _deal(bench, name_of(partner)))
    await bench.control.fault("slow", name_of(partner), times=1, seconds=8)
    async with at_work(bench.engine):

        async def begun() -> bool:
            return bool((await bench.row(delivery))["state"] == "running")

        await until(begun)
        bench.engine.worker.stop()
    row = await bench.row(delivery)
    assert (row["state"], row["failures"]) == ("waiting", 0)


async def test_a_worker_whose_lane_was_taken_over_lets_go_of_it(bench: Bench, pool: Pool, rows: Rows) -> None:
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    lane = await bench.route(partner, hub)
    delivery = await bench.call_robot(partner, await _deal(bench, name_of(partner)))
    await bench.control.fault("slow", name_of(partner), times=1, seconds=1)
    async with at_work(bench.engine):

        async def begun() -> bool:
            return bool((await bench.row(delivery))["state"] == "running")

        await until(begun)
        thief: Lanes = rows.worker()
        await rows.lose(lane)
        assert await thief.claim(1, []) == [lane]
        await pool.execute("UPDATE deliveries SET run_at = now()")
        (taken,) = await thief.take(lane, 1)
        await asyncio.sleep(0)
    assert taken.claims == 2
    row = await bench.row(delivery)
    assert (row["state"], row["claims"]) == ("running", 2)


async def test_calls_that_waited_for_a_route_are_delivered_by_the_safety_net(
    bench: Bench, pool: Pool
) -> None:
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    delivery = await bench.call_robot(partner, await _deal(bench, name_of(partner)))
    await pool.execute("UPDATE deliveries SET state = 'running', claimed_by = id")  # at work just then
    await bench.route(partner, hub)
    await pool.execute("UPDATE deliveries SET state = 'waiting', claimed_by = NULL")
    async with at_work(bench.engine):
        await bench.engine.sweep._spread_nets()
        assert (await bench.settled(delivery))["state"] == "delivered"


async def test_a_portal_that_answers_nonsense_does_not_end_the_rounds(bench: Bench, pool: Pool) -> None:
    odd, good = await bench.portal("odd"), await bench.portal("good")
    # The odd one's registrations fail in a way that no error of ours describes.
    await pool.execute("UPDATE portals SET registered = '[]' WHERE id = $1", odd.id)
    for portal in (odd, good):
        await pool.execute("UPDATE portals SET register_at = now() WHERE id = $1", portal.id)

    async def registered() -> bool:
        return bool((await bench.control.app_row(name_of(good), bench.client_id))["robots"])

    async with running(bench.engine.sweep.run()) as sweep:
        await until(registered)
        assert not sweep.done()


async def test_a_mapping_that_cannot_be_used_keeps_its_deals_until_it_is_corrected(
    bench: Bench, pool: Pool
) -> None:
    hub, partner = await bench.portal("hub"), await bench.portal("partner")
    await bench.route(partner, hub)
    good = await pool.fetchval("SELECT body FROM mapping_versions")
    await pool.execute("UPDATE mapping_versions SET body = $1", {"name": "broken", "rules": "none"})
    delivery = await bench.call_robot(partner, await _deal(bench, name_of(partner)))

    async def told() -> bool:
        return bool((await bench.row(delivery))["problem"] == "mapping_invalid")

    async with at_work(bench.engine):
        await until(told)
        assert (await bench.row(delivery))["failures"] == 1
        await pool.execute("UPDATE mapping_versions SET body = $1", good)
        await pool.execute("UPDATE deliveries SET run_at = now()")
        await pool.execute("UPDATE lanes SET due_at = now() WHERE owner IS NULL")
        assert (await bench.settled(delivery))["state"] == "delivered"
