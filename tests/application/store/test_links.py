"""The ledger: what became of what, and who may still send a create."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from application.model import Delivery, DeliveryState, Link, LinkState
from application.store.database import Pool
from application.store.inbox import Inbox
from application.store.lanes import Lanes, Verdict
from application.store.links import Links, Sending
from tests.application.store.rows import Rows, new_call


@dataclass
class Planned:
    """A delivery at work whose deal is planned in the ledger."""

    links: Links
    sending: Sending
    worker: Lanes
    lane: UUID
    delivery: Delivery
    link: Link

    async def mark(self, claims: int | None = None) -> bool:
        claim = self.delivery.claims if claims is None else claims
        ticket = (self.link.id, self.link.sent_at, self.delivery.id, claim)
        return self.link.id in await self.sending.mark([ticket], uuid7())

    async def latest(self) -> Link:
        found = await self.links.latest("deal", self.link.source_id)
        assert found is not None
        return found


@pytest.fixture
async def planned(pool: Pool, inbox: Inbox, rows: Rows) -> Planned:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id, 5))
    worker = rows.worker()
    delivery = await rows.take_one(worker, lane)
    hub_id = await pool.fetchval("SELECT hub_id FROM routes WHERE id = $1", lane)
    links = Links(pool, partner.id, hub_id)
    link = await links.plan("deal", "5", 1, delivery.id)
    return Planned(links, Sending(pool), worker, lane, delivery, link)


async def test_a_deal_is_planned_once_whoever_plans_it(planned: Planned) -> None:
    again = await asyncio.gather(
        *(planned.links.plan("deal", "5", 1, planned.delivery.id) for _ in range(10))
    )
    assert {link.id for link in again} == {planned.link.id}


async def test_a_create_may_leave_while_its_delivery_is_ours(planned: Planned) -> None:
    assert await planned.mark()
    sent = await planned.latest()
    assert sent.state is LinkState.SENT
    assert sent.sent_at is not None


async def test_a_create_leaves_once_for_one_look_at_the_ledger(planned: Planned) -> None:
    assert await planned.mark()
    assert not await planned.mark()


async def test_a_worker_that_lost_its_claim_may_not_send(planned: Planned, rows: Rows) -> None:
    await rows.lose(planned.lane)
    await rows.worker().claim(1, [])
    assert not await planned.mark()
    assert not await planned.mark(claims=planned.delivery.claims + 1)
    assert (await planned.latest()).state is LinkState.PLANNED


async def test_a_delivery_that_is_final_may_not_send(planned: Planned) -> None:
    await planned.worker.finish([Verdict(planned.delivery, DeliveryState.REJECTED)])
    assert not await planned.mark()


async def test_a_deal_that_is_done_is_never_sent_again(planned: Planned) -> None:
    await planned.links.done(planned.link.id, "77")
    assert not await planned.mark()


async def test_the_first_answer_stands(planned: Planned) -> None:
    await planned.links.done(planned.link.id, "77")
    await planned.links.done(planned.link.id, "78")
    assert (await planned.latest()).target_id == "77"


async def test_only_the_request_that_was_proven_void_is_taken_back(planned: Planned) -> None:
    assert await planned.mark()
    first = (await planned.latest()).sent_at
    assert first is not None
    await planned.links.not_carried_out(planned.link.id, first)
    assert (await planned.latest()).state is LinkState.PLANNED
    assert await planned.mark()
    await planned.links.not_carried_out(planned.link.id, first)
    assert (await planned.latest()).state is LinkState.SENT


async def test_another_hub_s_ledger_knows_nothing_of_it(planned: Planned, pool: Pool, rows: Rows) -> None:
    other = Links(pool, planned.delivery.portal_id, (await rows.portal()).id)
    assert await other.latest("deal", "5") is None
