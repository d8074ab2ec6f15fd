"""Calls of a portal: packed into few requests, and a create only leaves once its ledger row says so."""

import asyncio
from uuid import UUID

import pytest

from application.errors import AppError, OutcomeUnknown, Rejected, Throttled
from application.model import Link, LinkState, Portal
from application.portal_api import PortalApi
from application.request_queue import NotOurs, Ticket
from application.store.database import Pool
from application.store.lanes import Lanes
from application.store.links import Links
from tests.application.bench import Bench, name_of
from tests.application.store.rows import Rows, new_call
from tests.application.tasks import until


@pytest.fixture
async def hub(bench: Bench) -> Portal:
    return await bench.portal("hub")


@pytest.fixture
def api(bench: Bench, hub: Portal) -> PortalApi:
    return bench.engine.apis.of(hub)


class Creation:
    """A delivery at work, its planned row, and the create that wants to leave."""

    def __init__(self, api: PortalApi, links: Links, lane: UUID, link: Link, ticket: Ticket) -> None:
        self.api, self.links, self.lane, self.link, self.ticket = api, links, lane, link, ticket

    async def send(self) -> object:
        return await self.api.create("crm.deal.add", {"fields": {"TITLE": "One"}}, self.ticket)

    async def state(self) -> LinkState:
        found = await self.links.latest("deal", "1")
        assert found is not None
        return found.state


@pytest.fixture
async def creation(bench: Bench, pool: Pool, hub: Portal, api: PortalApi) -> Creation:
    rows = Rows(pool)
    partner = await bench.portal("partner")
    lane = await rows.route(partner, hub)
    await bench.engine.inbox.put(new_call(partner.id))
    delivery = await rows.take_one(rows.worker(), lane)
    links = Links(pool, partner.id, hub.id)
    link = await links.plan("deal", "1", 1, delivery.id)
    return Creation(api, links, lane, link, Ticket(link.id, None, delivery.id, delivery.claims))


async def test_the_ledger_says_sent_before_the_request_leaves(
    bench: Bench, hub: Portal, creation: Creation
) -> None:
    await bench.control.fault("slow", name_of(hub), method="crm.deal.add", times=1, seconds=1.0)
    sending = asyncio.create_task(creation.send())

    async def asked() -> bool:
        return "crm.deal.add" in await bench.requests(hub)

    await until(asked)
    assert await bench.deals(hub) == []
    assert await creation.state() is LinkState.SENT
    await sending


async def test_a_delivery_that_was_taken_over_sends_nothing(
    bench: Bench, hub: Portal, pool: Pool, creation: Creation
) -> None:
    rows = Rows(pool)
    await rows.lose(creation.lane)
    other: Lanes = rows.worker()
    assert await other.claim(1, []) == [creation.lane]
    with pytest.raises(NotOurs):
        await creation.send()
    assert "crm.deal.add" not in await bench.requests(hub)
    assert await creation.state() is LinkState.PLANNED


async def test_a_ticket_is_good_for_one_request(bench: Bench, hub: Portal, creation: Creation) -> None:
    results = await asyncio.gather(*(creation.send() for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NotOurs"] * 4 + ["int"]
    assert len(await bench.deals(hub)) == 1


async def test_a_refused_create_says_that_it_was_not_carried_out(
    bench: Bench, hub: Portal, creation: Creation
) -> None:
    await bench.control.fault("error", name_of(hub), error="CRM_FIELD_ERROR_REQUIRED", status=400, times=1)
    with pytest.raises(Rejected) as refused:
        await creation.send()
    assert refused.value.not_carried_out is not None


async def test_a_create_whose_answer_was_lost_does_not_claim_to_know(
    bench: Bench, hub: Portal, creation: Creation
) -> None:
    await bench.control.fault("reset_after", name_of(hub), times=1)
    with pytest.raises(OutcomeUnknown) as lost:
        await creation.send()
    assert lost.value.not_carried_out is None


async def test_fifty_reads_at_once_are_one_request_and_each_gets_its_own(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    ids = await bench.control.add_deals(name_of(hub), [{"title": f"Deal {n}"} for n in range(50)])
    before = (await bench.control.requests(name_of(hub)))["total"]
    found = await asyncio.gather(*(api.item(2, deal_id, ("id", "title")) for deal_id in [*ids, 999]))
    assert [item["title"] if item else None for item in found] == [f"Deal {n}" for n in range(50)] + [None]
    assert (await bench.control.requests(name_of(hub)))["total"] - before <= 2


async def test_more_rows_of_one_origin_than_a_page_holds_are_all_found(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    same = {"title": "Same", "originatorId": "us", "originId": "1"}
    ids = await bench.control.add_deals(name_of(hub), [same] * 60)
    assert await api.by_origin(2, "us", "1") == ids
    assert await api.by_origin(2, "us", "2") == []


async def test_a_reader_who_gives_up_takes_the_row_from_nobody_else(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    (deal_id,) = await bench.control.add_deals(name_of(hub), [{"title": "Shared"}])
    impatient, patient = [asyncio.create_task(api.item(2, deal_id, ("id", "title"))) for _ in range(2)]
    await asyncio.sleep(0)
    impatient.cancel()
    found = await patient
    assert found is not None
    assert found["title"] == "Shared"


async def test_one_failing_command_of_a_batch_fails_alone(bench: Bench, hub: Portal, api: PortalApi) -> None:
    (deal_id,) = await bench.control.add_deals(name_of(hub), [{"title": "There"}])
    calls = [
        api.call("crm.item.get", {"entityTypeId": 2, "id": number}) for number in (deal_id, 10**6, deal_id)
    ]
    there, missing, again = await asyncio.gather(*calls, return_exceptions=True)
    assert there == again
    assert isinstance(missing, Rejected)


async def test_a_method_without_time_budget_is_left_alone_until_it_is_back(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    await bench.control.fault(
        "error", name_of(hub), method="crm.item.get", error="OPERATION_TIME_LIMIT", status=429, times=1
    )
    for _ in range(3):
        with pytest.raises(Throttled) as limit:
            await api.call("crm.item.get", {"entityTypeId": 2, "id": 1})
        assert limit.value.code == "operation_limit"
        assert limit.value.after is not None
    assert (await bench.requests(hub))["crm.item.get"] == 1
    assert await api.call("crm.item.fields", {"entityTypeId": 2})


async def test_an_expired_token_is_renewed_and_the_call_goes_through(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    await bench.control.fault("expire_tokens", name_of(hub))
    results = await asyncio.gather(*(api.call("profile", {}) for _ in range(20)))
    assert len(results) == 20


async def test_a_portal_that_moved_is_followed_by_what_the_authorization_server_says(
    bench: Bench, hub: Portal, api: PortalApi
) -> None:
    port = hub.domain.partition(":")[2]
    await bench.control.fault("rename", name_of(hub), domain=f"moved{port}.b24.localhost")
    assert await api.call("profile", {})
    kept = await bench.engine.portals.get(hub.id)
    assert kept is not None
    assert kept.domain == f"moved{port}.b24.localhost:{port}"


async def test_when_waiting_for_room_fails_everybody_who_waits_is_told(
    bench: Bench, hub: Portal, pool: Pool, api: PortalApi
) -> None:
    await pool.execute("ALTER TABLE credentials RENAME TO away")
    try:
        async with asyncio.timeout(10):
            results = await asyncio.gather(
                *(api.call("profile", {}) for _ in range(5)), return_exceptions=True
            )
    finally:
        await pool.execute("ALTER TABLE away RENAME TO credentials")
    assert all(isinstance(result, Exception) and not isinstance(result, AppError) for result in results)
    assert await api.call("profile", {})
