"""Lanes that may not be served now: paused routes, parked portals, partners without a route."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from application.model import DeliveryState, Portal
from application.store.database import Pool
from application.store.inbox import Inbox
from application.store.lanes import Verdict
from application.store.portals import Portals
from application.store.routes import Routes
from tests.application.store.rows import Rows, new_call


async def _parked(pool: Pool, portal: Portal, seconds: float) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    await Portals(pool).park(portal.member_id, "token_refused", until)


async def _hub_of(pool: Pool, route: UUID) -> Portal:
    found = await Portals(pool).get(await pool.fetchval("SELECT hub_id FROM routes WHERE id = $1", route))
    assert found is not None
    return found


async def test_calls_on_a_paused_route_wait_and_go_when_it_is_resumed(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    await Routes(pool).set_state(lane, "paused")
    assert await inbox.put(new_call(partner.id)) is True
    worker = rows.worker()
    assert await worker.claim(5, []) == []
    assert (await rows.lane_row(lane))["due_at"] is None
    await Routes(pool).set_state(lane, "active")
    assert (await rows.take_one(worker, lane)).failures == 0


async def test_a_route_paused_while_it_is_served_delivers_no_further_deal(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    for number in range(2):
        await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    await worker.claim(1, [])
    (first,) = await worker.take(lane, 1)
    await Routes(pool).set_state(lane, "paused")
    assert await worker.take(lane, 10) == []
    await worker.finish([Verdict(first, DeliveryState.DELIVERED)])
    await worker.release(lane)
    assert await worker.claim(1, []) == []
    assert (await rows.lane_row(lane))["due_at"] is None
    await Routes(pool).set_state(lane, "active")
    assert (await rows.take_one(worker, lane)).deal_id == "1"


async def test_a_parked_hub_s_lanes_sleep_until_it_is_tried_again(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    hub = await _hub_of(pool, lane)
    await _parked(pool, hub, 60)
    worker = rows.worker()
    assert await worker.claim(5, []) == []
    assert 59 < (await rows.lane_row(lane))["due_in"] <= 60
    await _parked(pool, hub, -1)
    await rows.set_lane(lane, 0)
    assert await worker.claim(5, []) == [lane]


async def test_a_parked_partner_s_lanes_go_on_as_soon_as_it_works_again(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    await _parked(pool, partner, 60)
    worker = rows.worker()
    assert await worker.claim(5, []) == []
    await Portals(pool).activate(partner.id)
    assert await worker.claim(5, []) == [lane]


async def test_a_parked_portal_holds_no_other_portal_s_lanes(pool: Pool, inbox: Inbox, rows: Rows) -> None:
    (parked, _), (partner, lane) = await rows.lane(), await rows.lane()
    await inbox.put(new_call(parked.id))
    await inbox.put(new_call(partner.id))
    await _parked(pool, parked, 60)
    assert await rows.worker().claim(5, []) == [lane]


async def test_a_portal_parked_while_its_lane_is_served_is_asked_nothing_more(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    for number in range(2):
        await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    await worker.claim(1, [])
    assert len(await worker.take(lane, 1)) == 1
    await _parked(pool, await _hub_of(pool, lane), 60)
    assert await worker.take(lane, 10) == []


async def test_calls_that_came_before_the_partner_had_a_route_go_when_it_has_one(
    inbox: Inbox, rows: Rows
) -> None:
    partner, hub = await rows.portal(), await rows.portal()
    for number in range(3):
        assert await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    assert await worker.claim(5, []) == [partner.id]
    await worker.release(partner.id)
    route = await rows.route(partner, hub)
    assert route in await worker.claim(5, [])
    taken = await worker.take(route, 10)
    assert [(one.deal_id, one.route_id, one.lane_id) for one in taken] == [
        (str(number), route, route) for number in range(3)
    ]


async def test_a_call_at_work_while_its_partner_is_given_a_route_goes_there_with_the_next_sweep(
    inbox: Inbox, rows: Rows
) -> None:
    partner, hub = await rows.portal(), await rows.portal()
    await inbox.put(new_call(partner.id))
    worker = rows.worker()
    running = await rows.take_one(worker, partner.id)
    route = await rows.route(partner, hub)
    no_route = Verdict(running, DeliveryState.WAITING, delay=60, failed=True, problem="no_route")
    assert await worker.finish([no_route]) == {running.id}
    await worker.release(partner.id)
    await rows.set_lane(route, None)
    assert await worker.move_to_routes() == 1
    assert await worker.move_to_routes() == 0
    moved = await rows.take_one(worker, route)
    assert (moved.id, moved.route_id) == (running.id, route)


async def test_a_call_whose_partner_has_no_route_stays_where_it_is(inbox: Inbox, rows: Rows) -> None:
    partner = await rows.portal()
    await inbox.put(new_call(partner.id))
    worker = rows.worker()
    assert await worker.move_to_routes() == 0
    assert (await rows.take_one(worker, partner.id)).route_id is None


async def test_adding_a_route_again_takes_its_lane_from_nobody(inbox: Inbox, rows: Rows) -> None:
    partner, hub = await rows.portal(), await rows.portal()
    lane = await rows.route(partner, hub)
    await inbox.put(new_call(partner.id))
    worker, other = rows.worker(), rows.worker()
    taken = await rows.take_one(worker, lane)
    await rows.route(partner, hub)
    assert await other.claim(5, []) == []
    assert await worker.finish([Verdict(taken, DeliveryState.DELIVERED)]) == {taken.id}


async def test_a_route_that_is_added_twice_is_one_route(rows: Rows, pool: Pool) -> None:
    partner, hub = await rows.portal(), await rows.portal()
    first = await rows.route(partner, hub)
    await Routes(pool).set_state(first, "paused")
    assert await rows.route(partner, hub) == first
    (line,) = await Routes(pool).lines()
    assert (line.partner, line.hub, line.state) == (partner.domain, hub.domain, "active")
