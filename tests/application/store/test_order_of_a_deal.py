"""Deliveries of one deal run one after another, and the wait for one another costs nothing."""

from uuid import UUID

from application.model import Delivery, DeliveryState
from application.store.database import Pool
from application.store.inbox import Inbox
from application.store.lanes import Lanes, Verdict
from tests.application.store.rows import Rows, new_call


async def _two_of_one_deal(inbox: Inbox, rows: Rows) -> tuple[UUID, Lanes, Delivery]:
    """The first delivery of deal 1 is taken; a second one of deal 1 waits behind it."""
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id, 1))
    await inbox.put(new_call(partner.id, 1))
    worker = rows.worker()
    return lane, worker, await rows.take_one(worker, lane)


async def test_the_second_delivery_of_a_deal_waits_for_the_first(inbox: Inbox, rows: Rows) -> None:
    lane, worker, first = await _two_of_one_deal(inbox, rows)
    assert await worker.take(lane, 10) == []
    await worker.finish([Verdict(first, DeliveryState.DELIVERED)])
    (second,) = await worker.take(lane, 10)
    assert second.id > first.id


async def test_a_deal_in_backoff_holds_its_next_delivery_but_no_other_deal(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    lane, worker, first = await _two_of_one_deal(inbox, rows)
    await worker.finish([Verdict(first, DeliveryState.WAITING, delay=60, failed=True)])
    assert await worker.take(lane, 10) == []
    partner_id = await pool.fetchval("SELECT portal_id FROM deliveries LIMIT 1")
    await inbox.put(new_call(partner_id, 2))
    assert [one.deal_id for one in await worker.take(lane, 10)] == ["2"]


async def test_a_lane_whose_deals_are_all_in_backoff_sleeps_until_the_first_of_them(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    lane, worker, first = await _two_of_one_deal(inbox, rows)
    await worker.finish([Verdict(first, DeliveryState.WAITING, delay=60, failed=True)])
    await worker.release(lane)
    # The second delivery has been ready all along; waking the lane for it would make it spin.
    assert 59 < (await rows.lane_row(lane))["due_in"] <= 60
    assert await worker.claim(10, []) == []
    assert await worker.any_due([]) is False
    seconds = await worker.seconds_to_next()
    assert seconds is not None
    assert 59 < seconds <= 60


async def test_a_rejected_delivery_lets_the_next_one_of_its_deal_go(inbox: Inbox, rows: Rows) -> None:
    lane, worker, first = await _two_of_one_deal(inbox, rows)
    await worker.finish([Verdict(first, DeliveryState.REJECTED)])
    await worker.release(lane)
    assert (await rows.take_one(worker, lane)).id > first.id


async def test_the_same_deal_number_of_another_partner_waits_for_nobody(inbox: Inbox, rows: Rows) -> None:
    _, worker, _ = await _two_of_one_deal(inbox, rows)
    other, other_lane = await rows.lane()
    await inbox.put(new_call(other.id, 1))
    assert (await rows.take_one(worker, other_lane)).deal_id == "1"
