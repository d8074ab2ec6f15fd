"""Limits are kept before a portal must refuse, by all processes together, and without Redis more slowly."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from application.limits import ENTERPRISE, STANDARD, Limits, Rate, rate_of
from tests.application.proxy import Wire
from tests.application.tasks import until

SMALL = Rate(per_second=10.0, burst=5)


@asynccontextmanager
async def _limits(url: str | None) -> AsyncIterator[Limits]:
    opened = Limits(url)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def limits(redis_url: str) -> AsyncIterator[Limits]:
    async with _limits(redis_url) as opened:
        yield opened


@pytest.fixture
def portal() -> str:
    return secrets.token_hex(16)


async def _waits(limits: Limits, portal: str, number: int, rate: Rate = SMALL) -> list[float]:
    return [await limits.reserve(portal, rate) for _ in range(number)]


async def test_a_burst_goes_at_once_and_the_rest_at_the_portal_s_pace(limits: Limits, portal: str) -> None:
    waits = await _waits(limits, portal, 15)
    assert waits[:5] == [0] * 5
    assert waits[-1] == pytest.approx(1.0, abs=0.25)
    assert waits[5:] == sorted(waits[5:])


async def test_all_processes_share_one_portal_s_limit(limits: Limits, redis_url: str, portal: str) -> None:
    async with _limits(redis_url) as others:
        waits = await asyncio.gather(
            *(one.reserve(portal, SMALL) for one in (limits, others) for _ in range(10))
        )
    assert sorted(waits)[4] == 0
    assert max(waits) == pytest.approx(1.5, abs=0.25)


async def test_one_portal_s_limit_is_not_another_s(limits: Limits, portal: str) -> None:
    await _waits(limits, portal, 20)
    assert await limits.reserve(secrets.token_hex(16), SMALL) == 0


async def test_a_refusal_empties_the_bucket_for_everybody(
    limits: Limits, redis_url: str, portal: str
) -> None:
    await limits.refused(portal, SMALL, 1.0)
    async with _limits(redis_url) as others:
        assert await others.reserve(portal, SMALL) == pytest.approx(1.1, abs=0.25)


async def test_a_method_without_time_budget_is_known_to_everybody(
    limits: Limits, redis_url: str, portal: str
) -> None:
    await limits.block(portal, "crm.deal.add", 30)
    async with _limits(redis_url) as others:
        blocked = await others.blocked(portal, ["crm.deal.add", "crm.deal.update"])
    assert list(blocked) == ["crm.deal.add"]
    assert 29 < blocked["crm.deal.add"] <= 30


async def test_a_thousand_reservations_at_once_are_all_made_in_redis(limits: Limits, portal: str) -> None:
    waits = await asyncio.gather(*(limits.reserve(portal, Rate(1000.0, 1)) for _ in range(1000)))
    assert await limits.ping()
    assert max(waits) < 1.1  # kept by this process alone, the pace would be half of that
    assert len(set(waits)) > 900


async def test_without_redis_a_process_keeps_half_the_pace(portal: str) -> None:
    async with _limits(None) as alone:
        waits = await _waits(alone, portal, 12)
        assert await alone.ping() is False
        await alone.block(portal, "crm.deal.add", 30)
        assert await alone.blocked(portal, ["crm.deal.add", "x"]) == {
            "crm.deal.add": pytest.approx(30, abs=1)
        }
        await alone.refused(portal, SMALL, 5.0)
        assert await alone.reserve(portal, SMALL) > 4
    assert waits[:2] == [0, 0]
    assert waits[-1] == pytest.approx(2.0, abs=0.3)


async def test_when_redis_goes_the_bridge_slows_down_and_when_it_is_back_it_is_used_again(
    redis_url: str, portal: str
) -> None:
    wire = Wire(redis_url)
    await wire.join()
    try:
        async with _limits(wire.url) as limits:
            await _waits(limits, portal, 20)
            assert await limits.reserve(portal, SMALL) > 1
            await wire.cut()
            assert await limits.reserve(portal, SMALL) == 0  # its own count begins
            assert await limits.ping() is False
            await limits.block(portal, "crm.deal.add", 30)
            assert await limits.blocked(portal, ["crm.deal.add"])
            await wire.join()

            async def shared() -> bool:
                await limits.refused(other, SMALL, 20.0)
                async with _limits(redis_url) as others:
                    return await others.reserve(other, SMALL) > 10

            other = secrets.token_hex(16)
            await until(shared)
    finally:
        await wire.cut()


def test_the_plan_chooses_the_pace_and_stays_below_what_bitrix24_allows() -> None:
    assert rate_of("ent") is ENTERPRISE
    assert rate_of("Enterprise250") is ENTERPRISE
    for family in ("", "std", "pro", "basic"):
        assert rate_of(family) is STANDARD
    assert STANDARD.per_second < 2
    assert STANDARD.burst < 50
    assert ENTERPRISE.per_second < 5
    assert ENTERPRISE.burst < 250
