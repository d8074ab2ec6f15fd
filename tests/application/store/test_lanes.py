"""The queue: whose turn it is, who may finish what, and what becomes of lost workers."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from application.model import DeliveryState, Step
from application.store.database import Pool
from application.store.inbox import _INSERT, Inbox
from application.store.lanes import Verdict
from tests.application.store.rows import Rows, new_call
from tests.application.tasks import blocked, until


async def _fill(pool: Pool, partner_id: UUID, lane: UUID, number: int) -> None:
    await pool.execute(
        "INSERT INTO deliveries (id, portal_id, route_id, lane_id, key, robot, deal_id, payload)"
        " SELECT uuidv7(), $1, $2, $2, sha256(n::text::bytea), 'send_deal', n::text, ''"
        " FROM generate_series(1, $3) n",
        partner_id, lane, number,
    )  # fmt: skip


async def test_a_quiet_partner_is_served_right_after_a_busy_one_s_turn(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    (busy, busy_lane), (quiet, quiet_lane) = await rows.lane(), await rows.lane()
    await _fill(pool, busy.id, busy_lane, 500)
    await rows.set_lane(busy_lane, -60)
    await inbox.put(new_call(quiet.id))
    worker = rows.worker()
    assert await worker.claim(1, []) == [busy_lane]
    done = [Verdict(taken, DeliveryState.DELIVERED) for taken in await worker.take(busy_lane, 50)]
    assert len(await worker.finish(done)) == 50
    await worker.release(busy_lane)
    assert await worker.claim(1, []) == [quiet_lane]
    assert len(await worker.take(quiet_lane, 50)) == 1
    assert await worker.claim(1, []) == [busy_lane]


async def test_lanes_are_served_in_the_order_in_which_they_became_due(rows: Rows) -> None:
    lanes = [(await rows.lane())[1] for _ in range(5)]
    for position, lane in enumerate(lanes):
        await rows.set_lane(lane, -50 + 10 * position)
    worker = rows.worker()
    assert [(await worker.claim(1, []))[0] for _ in lanes] == lanes
    assert await worker.claim(1, []) == []


async def test_two_workers_never_hold_the_same_lane_or_delivery(pool: Pool, rows: Rows) -> None:
    lanes = []
    for _ in range(12):
        partner, lane = await rows.lane()
        await _fill(pool, partner.id, lane, 10)
        await rows.set_lane(lane, 0)
        lanes.append(lane)
    workers = [rows.worker() for _ in range(4)]
    claimed = await asyncio.gather(*(worker.claim(4, []) for worker in workers for _ in range(3)))
    held = [lane for part in claimed for lane in part]
    assert len(held) == len(set(held))
    attempts = [worker.take(lane, 7) for worker in workers for lane in lanes]
    taken = [delivery.id for part in await asyncio.gather(*attempts) for delivery in part]
    assert len(taken) == len(set(taken)) == 7 * len(held)


async def test_a_worker_that_does_not_hold_a_lane_takes_nothing_from_it(inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    holder, stranger = rows.worker(), rows.worker()
    assert await holder.claim(1, []) == [lane]
    assert await stranger.take(lane, 10) == []
    await stranger.release(lane)
    assert len(await holder.take(lane, 10)) == 1


async def test_a_late_verdict_changes_nothing(pool: Pool, inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    late, next_one = rows.worker(), rows.worker()
    first = await rows.take_one(late, lane)
    await rows.lose(lane)
    assert await next_one.claim(1, []) == [lane]
    await pool.execute("UPDATE deliveries SET run_at = now()")
    (second,) = await next_one.take(lane, 1)
    assert (first.id, first.claims, second.claims) == (second.id, 1, 2)
    step = Step(datetime.now(UTC), "delivered", "delivered", {})
    verdict = Verdict(first, DeliveryState.DELIVERED, hub_deal_id="1", steps=[step])
    assert await late.finish([verdict]) == set()
    assert await late.finish([Verdict(second, DeliveryState.DEAD)]) == set()
    row = await rows.delivery(first.id)
    assert (row["state"], row["hub_deal_id"], row["claims"]) == ("running", None, 2)
    assert "delivered" not in await rows.journal(first.id)
    assert await next_one.finish([Verdict(second, DeliveryState.DELIVERED)]) == {second.id}


async def test_a_lost_worker_s_delivery_waits_again_counts_a_failure_and_is_in_the_journal(
    inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    lost = await rows.take_one(rows.worker(), lane)
    await rows.lose(lane)
    assert await rows.worker().claim(1, []) == [lane]
    row = await rows.delivery(lost.id)
    assert (row["state"], row["failures"], row["claimed_by"]) == ("waiting", 1, None)
    assert await rows.journal(lost.id) == ["received", "lost_worker"]


async def test_the_heartbeat_says_which_lanes_were_lost(inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    worker, other = rows.worker(timedelta(seconds=2)), rows.worker()
    assert await worker.claim(1, []) == [lane]
    assert await worker.extend([lane]) == {lane}
    assert 1 < (await rows.lane_row(lane))["due_in"] <= 2
    await rows.lose(lane)
    assert await other.claim(1, []) == [lane]
    assert await worker.extend([lane]) == set()


async def test_a_call_that_arrives_as_a_lane_is_given_back_leaves_it_due(inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id, 1))
    worker = rows.worker()
    first = await rows.take_one(worker, lane)
    await worker.finish([Verdict(first, DeliveryState.DELIVERED)])
    assert await worker.take(lane, 10) == []
    await inbox.put(new_call(partner.id, 2))
    await worker.release(lane)
    row = await rows.lane_row(lane)
    assert (row["owner"], row["due_in"] <= 0) == (None, True)
    assert (await rows.take_one(rows.worker(), lane)).deal_id == "2"


async def test_a_call_that_is_being_committed_as_a_lane_is_given_back_leaves_it_due(
    pool: Pool, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    worker = rows.worker()
    await rows.set_lane(lane, 0)
    assert await worker.claim(1, []) == [lane]
    call = new_call(partner.id)
    columns = ([uuid7()], [call.portal_id], [call.key], [call.robot], [call.deal_id], [call.payload])
    async with pool.acquire() as connection, connection.transaction():
        await connection.fetch(_INSERT, *columns)
        releasing = asyncio.create_task(worker.release(lane))
        await until(lambda: blocked(pool, 1))
    await releasing
    assert await worker.claim(1, []) == [lane]


async def test_calls_are_never_left_behind_however_arrivals_and_releases_fall(
    inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    done: set[UUID] = set()

    async def work() -> None:
        worker = rows.worker()
        while len(done) < 120:
            for held in await worker.claim(1, []):
                taken = await worker.take(held, 5)
                done.update(await worker.finish([Verdict(one, DeliveryState.DELIVERED) for one in taken]))
                await worker.release(held)
            await asyncio.sleep(0)

    async def arrive() -> None:
        for number in range(40):
            await inbox.put(new_call(partner.id, number))

    async with asyncio.timeout(20):
        await asyncio.gather(work(), work(), arrive(), arrive(), arrive())
    assert (await rows.lane_row(lane))["due_at"] is None


async def test_a_lane_that_slept_through_its_deliveries_is_woken(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    (partner, stranded), (_, empty) = await rows.lane(), await rows.lane()
    await inbox.put(new_call(partner.id))
    await rows.set_lane(stranded, None)
    worker = rows.worker()
    assert await worker.wake_stranded() == 1
    assert await worker.wake_stranded() == 0
    assert await worker.claim(5, []) == [stranded]
    assert (await rows.lane_row(empty))["due_at"] is None


async def test_the_verdicts_of_a_group_stand_together_with_their_journals(inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    for number in range(3):
        await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    await worker.claim(1, [])
    one, two, three = await worker.take(lane, 10)
    at = datetime.now(UTC)
    verdicts = [
        Verdict(one, DeliveryState.DELIVERED, hub_deal_id="7", title="Большая сделка", amount="10.50",
                currency="RUB", steps=[Step(at, "written", "deal_created", {"hub_deal_id": "7"}, 12)]),
        Verdict(two, DeliveryState.WAITING, delay=600, failed=True, problem="portal_busy",
                params={"method": "x"}, steps=[Step(at, "failed", "portal_busy", {"method": "x"})]),
        Verdict(three, DeliveryState.REJECTED, problem="mapping_failed", params={"fields": "title"}),
    ]  # fmt: skip
    assert await worker.finish(verdicts) == {one.id, two.id, three.id}
    first, second, third = [await rows.delivery(delivery.id) for delivery in (one, two, three)]
    assert (first["state"], first["title"], first["amount"], first["hub_deal_id"]) == (
        "delivered", "Большая сделка", "10.50", "7",
    )  # fmt: skip
    assert (second["state"], second["failures"], 590 < second["runs_in"] <= 600) == ("waiting", 1, True)
    assert (third["state"], third["problem"], third["problem_params"]) == (
        "rejected", "mapping_failed", {"fields": "title"},
    )  # fmt: skip
    assert await rows.journal(two.id) == ["received", "failed"]
    assert (first["finished_at"], second["finished_at"]) != (None, first["finished_at"])


async def test_text_that_the_database_cannot_hold_stops_no_other_deal(inbox: Inbox, rows: Rows) -> None:
    partner, lane = await rows.lane()
    for number in range(2):
        await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    await worker.claim(1, [])
    odd, plain = await worker.take(lane, 10)
    params = {"description": "a\x00b", "list": ["\ud800"], "id": uuid7().hex}
    step = Step(datetime.now(UTC), "rejected", "bitrix_refused", params)
    verdict = Verdict(odd, DeliveryState.REJECTED, problem="bitrix_refused", params=params,
                      title="Deal\x00 \udfff", steps=[step])  # fmt: skip
    assert await worker.finish([verdict, Verdict(plain, DeliveryState.DELIVERED)]) == {odd.id, plain.id}
    row = await rows.delivery(odd.id)
    assert row["title"].startswith("Deal")
    assert "\x00" not in row["title"] + row["problem_params"]["description"]
