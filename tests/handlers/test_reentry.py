"""A deal that enters its stage again follows the route's policy."""

import pytest

from application.model import ReentryPolicy
from handlers.writing import originator
from tests.handlers.pair import Pair


async def _sent_twice(pair: Pair, policy: ReentryPolicy) -> tuple[int, str]:
    """The deal is sent, renamed and sent again; returns its id and how the second delivery ended."""
    await pair.bench.route(pair.partner, pair.hub, policy)
    deal_id = await pair.new_deal("Before")
    assert (await pair.delivered(deal_id))["state"] == "delivered"
    await pair.change(deal_id, title="After")
    return deal_id, (await pair.delivered(deal_id))["state"]


async def test_with_update_the_hub_s_deal_follows_the_partner_s(pair: Pair) -> None:
    _, state = await _sent_twice(pair, ReentryPolicy.UPDATE)
    assert state == "delivered"
    assert [deal["title"] for deal in await pair.hub_deals()] == ["After"]


async def test_with_ignore_the_hub_s_deal_stays_as_it_was(pair: Pair) -> None:
    _, state = await _sent_twice(pair, ReentryPolicy.IGNORE)
    assert state == "delivered"
    assert [deal["title"] for deal in await pair.hub_deals()] == ["Before"]


async def test_with_new_each_entry_makes_one_deal(pair: Pair) -> None:
    deal_id, state = await _sent_twice(pair, ReentryPolicy.NEW)
    assert state == "delivered"
    deals = await pair.hub_deals()
    assert {(deal["title"], deal["originId"]) for deal in deals} == {
        ("Before", str(deal_id)),
        ("After", f"{deal_id}#2"),
    }
    assert {deal["originatorId"] for deal in deals} == {originator(pair.partner.member_id)}


async def test_with_new_a_lost_answer_makes_no_third_deal(pair: Pair) -> None:
    await pair.bench.route(pair.partner, pair.hub, ReentryPolicy.NEW)
    deal_id = await pair.new_deal()
    await pair.delivered(deal_id)
    await pair.fault("reset_after")
    assert (await pair.delivered(deal_id))["state"] == "delivered"
    assert [deal["originId"] for deal in await pair.hub_deals()] == [str(deal_id), f"{deal_id}#2"]


async def test_a_hub_deal_that_somebody_deleted_is_named_and_not_made_anew(pair: Pair) -> None:
    deal_id = await pair.new_deal()
    first = await pair.delivered(deal_id)
    await pair.delete_hub_deal(int(first["hub_deal_id"]))
    second = await pair.delivered(deal_id)
    assert (second["state"], second["problem"]) == ("rejected", "hub_deal_deleted")
    assert second["problem_params"] == {"hub_deal_id": first["hub_deal_id"]}
    assert await pair.hub_deals() == []


async def test_an_update_that_the_hub_refuses_is_rejected_with_its_reason(pair: Pair) -> None:
    deal_id = await pair.new_deal()
    await pair.delivered(deal_id)
    await pair.fault("error", "crm.deal.update", error="", description="The title is too long", status=400)
    second = await pair.delivered(deal_id)
    assert (second["state"], second["problem"]) == ("rejected", "bitrix_refused")


@pytest.mark.parametrize("kind", ["reset_after", "html_502", "cut_body"])
async def test_an_update_whose_answer_was_lost_is_repeated(pair: Pair, kind: str) -> None:
    deal_id = await pair.new_deal("Before")
    await pair.delivered(deal_id)
    await pair.change(deal_id, title="After")
    await pair.fault(kind, "crm.deal.update")
    assert (await pair.delivered(deal_id))["state"] == "delivered"
    assert [deal["title"] for deal in await pair.hub_deals()] == ["After"]
