"""One partner deal becomes one hub deal, whatever happens to the request that creates it."""

import asyncio
import time

import pytest

from handlers.writing import origin, originator
from tests.application.bench import PORTAL_DEADLINE, at_work, name_of, open_bench
from tests.application.tasks import until
from tests.handlers.pair import Pair


async def test_a_deal_arrives_once_and_says_where_it_came_from(pair: Pair) -> None:
    deal_id = await pair.new_deal("Поставка", opportunity=1234.5)
    row = await pair.delivered(deal_id)
    (deal,) = await pair.hub_deals()
    assert (row["state"], row["hub_deal_id"]) == ("delivered", str(deal["id"]))
    assert (deal["title"], deal["opportunity"]) == ("Поставка", 1234.5)
    assert (deal["originatorId"], deal["originId"]) == (originator(pair.partner.member_id), str(deal_id))
    assert (row["title"], row["amount"]) == ("Поставка", "1234.5")


async def test_two_hundred_deals_at_once_arrive_once_each_in_few_requests(pair: Pair) -> None:
    ids = await pair.bench.control.add_deals(
        name_of(pair.partner), [{"title": f"Deal {n}"} for n in range(200)]
    )
    deliveries = await asyncio.gather(*(pair.send(deal_id) for deal_id in ids))
    for delivery in deliveries:
        assert (await pair.bench.settled(delivery))["state"] == "delivered"
    assert sorted(deal["originId"] for deal in await pair.hub_deals()) == sorted(map(str, ids))
    assert (await pair.bench.control.requests(name_of(pair.hub)))["total"] < 60


@pytest.mark.parametrize("kind", ["reset_after", "cut_body"])
async def test_a_hub_that_created_the_deal_but_lost_its_answer_keeps_one_deal(pair: Pair, kind: str) -> None:
    await pair.fault(kind)
    row = await pair.delivered(await pair.new_deal())
    (deal,) = await pair.hub_deals()
    assert (row["state"], row["hub_deal_id"]) == ("delivered", str(deal["id"]))
    assert "deal_adopted" in await pair.bench.journal(row["id"])


@pytest.mark.parametrize("kind", ["reset_before", "html_502"])
async def test_a_hub_that_lost_the_request_is_sent_it_again_after_its_deadline(pair: Pair, kind: str) -> None:
    await pair.fault(kind)
    started = time.monotonic()
    row = await pair.delivered(await pair.new_deal())
    assert time.monotonic() - started >= PORTAL_DEADLINE
    assert row["state"] == "delivered"
    assert len(await pair.hub_deals()) == 1
    assert (await pair.bench.requests(pair.hub))["crm.deal.add"] == 2


async def test_a_hub_that_is_still_creating_when_our_process_dies_is_not_asked_to_create_again(
    pair: Pair, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = pair.bench
    await pair.fault("hang_then_commit", seconds=PORTAL_DEADLINE * 0.6)
    delivery = await pair.send(await pair.new_deal())
    await until(lambda: _sent(pair))
    bench.engine.worker.stop()
    async with (
        open_bench(tmp_path_factory.mktemp("other"), database_url, **bench.shared()) as other,
        at_work(other.engine),
    ):
        row = await bench.settled(delivery)
    (deal,) = await pair.hub_deals()
    assert (row["state"], row["hub_deal_id"]) == ("delivered", str(deal["id"]))
    assert (await bench.requests(pair.hub))["crm.deal.add"] == 1


async def _sent(pair: Pair) -> bool:
    return bool((await pair.bench.requests(pair.hub)).get("crm.deal.add"))


@pytest.mark.parametrize(
    ("error", "status"), [("", 400), ("ERROR_CORE", 500), ("INTERNAL_SERVER_ERROR", 500)]
)
async def test_an_error_that_comes_after_the_deal_was_created_makes_no_second_one(
    pair: Pair, error: str, status: int
) -> None:
    await pair.fault("error_after", error=error, description="SQL query error!", status=status)
    row = await pair.delivered(await pair.new_deal())
    (deal,) = await pair.hub_deals()
    assert (row["state"], row["hub_deal_id"]) == ("delivered", str(deal["id"]))
    assert (await pair.bench.requests(pair.hub))["crm.deal.add"] == 1


async def test_a_deal_that_the_hub_refuses_is_rejected_with_its_reason_and_can_be_sent_again(
    pair: Pair,
) -> None:
    await pair.fault("error", error="", description="Required field is empty", status=400)
    deal_id = await pair.new_deal()
    refused = await pair.delivered(deal_id)
    assert (refused["state"], refused["problem"]) == ("rejected", "bitrix_refused")
    assert refused["problem_params"]["description"] == "Required field is empty"
    assert await pair.hub_deals() == []
    assert (await pair.delivered(deal_id))["state"] == "delivered"
    assert len(await pair.hub_deals()) == 1


async def test_one_refused_deal_of_a_batch_leaves_the_others_alone(pair: Pair) -> None:
    await pair.fault("error", error="CRM_FIELD_ERROR_REQUIRED", description="Title", status=400)
    deliveries = [await pair.send(await pair.new_deal()) for _ in range(8)]
    states = [(await pair.bench.settled(delivery))["state"] for delivery in deliveries]
    assert sorted(states) == ["delivered"] * 7 + ["rejected"]
    assert len(await pair.hub_deals()) == 7


async def test_a_hub_at_its_limit_is_waited_for_and_nothing_counts_as_a_failure(pair: Pair) -> None:
    await pair.fault("refuse")
    row = await pair.delivered(await pair.new_deal())
    assert (row["state"], row["failures"]) == ("delivered", 0)
    assert len(await pair.hub_deals()) == 1


async def test_of_two_hub_deals_with_one_origin_the_oldest_is_used_and_a_person_is_told(pair: Pair) -> None:
    deal_id = await pair.new_deal()
    same = {"originatorId": originator(pair.partner.member_id), "originId": origin(str(deal_id), 1)}
    oldest, newest = await pair.add_hub_deal(**same), await pair.add_hub_deal(**same)
    row = await pair.delivered(deal_id)
    assert (row["state"], row["hub_deal_id"]) == ("delivered", str(oldest))
    assert {deal["id"] for deal in await pair.hub_deals()} == {oldest, newest}
    assert "duplicates_found" in await pair.bench.journal(row["id"])


async def test_text_that_looks_like_a_reference_arrives_as_it_was_written(pair: Pair) -> None:
    titles = ["$result[c0] and $total[usd]", "Offer & terms #5 + 100%", "Обычная сделка"]
    deliveries = [await pair.send(await pair.new_deal(title)) for title in titles]
    for delivery in deliveries:
        assert (await pair.bench.settled(delivery))["state"] == "delivered"
    assert sorted(deal["title"] for deal in await pair.hub_deals()) == sorted(titles)
