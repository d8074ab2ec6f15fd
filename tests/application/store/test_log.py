"""The delivery log shows a portal what it sent and received, and nothing else."""

import pytest

from application.model import DeliveryState
from application.store.database import Pool
from application.store.inbox import Inbox
from application.store.lanes import Verdict
from application.store.log import DeliveryLog
from tests.application.store.rows import Rows, new_call


@pytest.fixture
async def three(pool: Pool, inbox: Inbox, rows: Rows) -> list[DeliveryLog]:
    """Two partners send three deals each to one hub; the logs of both partners and of the hub."""
    one, other, hub = [await rows.portal() for _ in range(3)]
    for partner in (one, other):
        await rows.route(partner, hub)
        for number in range(3):
            await inbox.put(new_call(partner.id, number))
    worker = rows.worker()
    for lane in await worker.claim(5, []):
        first, second, _ = await worker.take(lane, 5)
        await worker.finish(
            [Verdict(first, DeliveryState.DELIVERED), Verdict(second, DeliveryState.REJECTED, problem="x")]
        )
    return [DeliveryLog(pool, portal.id) for portal in (one, other, hub)]


async def test_a_partner_sees_its_own_deals_and_the_hub_sees_all(three: list[DeliveryLog]) -> None:
    one, other, hub = [{row.id for row in await log.page(None, None, 50)} for log in three]
    assert (len(one), len(other), one & other, hub) == (3, 3, set(), one | other)


async def test_the_log_is_newest_first_page_by_page_without_gaps(three: list[DeliveryLog]) -> None:
    whole = [row.id for row in await three[2].page(None, None, 50)]
    assert whole == sorted(whole, reverse=True)
    pages, before = [], None
    while page := await three[2].page(None, before, 2):
        pages += [row.id for row in page]
        before = page[-1].id
    assert pages == whole


async def test_the_groups_of_the_log_add_up(three: list[DeliveryLog]) -> None:
    assert await three[2].counts() == {"waiting": 2, "delivered": 2, "failed": 2}
    assert await three[0].counts() == {"waiting": 1, "delivered": 1, "failed": 1}
    for group, states in (("waiting", {"running"}), ("delivered", {"delivered"}), ("failed", {"rejected"})):
        assert {row.state for row in await three[2].page(group, None, 50)} == states


async def test_a_portal_cannot_read_another_portal_s_delivery(three: list[DeliveryLog], pool: Pool) -> None:
    mine = (await three[0].page(None, None, 1))[0]
    found = await three[0].one(mine.id)
    assert found is not None
    assert [step.kind for step in found[1]] == ["received"]
    assert await three[1].one(mine.id) is None
    assert await three[2].one(mine.id) is not None


async def test_a_portal_knows_its_side(three: list[DeliveryLog], pool: Pool, rows: Rows) -> None:
    assert [await log.side() for log in three] == ["partner", "partner", "hub"]
    assert await DeliveryLog(pool, (await rows.portal()).id).side() == "none"
