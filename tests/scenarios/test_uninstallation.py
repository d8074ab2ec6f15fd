"""Uninstalling: tokens go at once, robots no longer reach us, and CLEAN=1 leaves nothing of the portal."""

import pytest

from sandbox.driver.world import Way
from tests.scenarios.arena import Arena, Pair, until
from tests.scenarios.calls import encoded, post, robot_call

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def working(arena: Arena, way: Way) -> Pair:
    pair = await arena.pair(way)
    await pair.send(2)
    await until(pair.arrived, 30)
    return pair


async def rows_of(arena: Arena, pair: Pair, what: str) -> int:
    sql = f"SELECT count(*) AS number FROM {what} WHERE portals.member_id = $1"  # noqa: S608 - our own words
    return int((await arena.fetch(sql, pair.partner.member_id))[0]["number"])


async def tokens_of(arena: Arena, pair: Pair) -> int:
    return await rows_of(arena, pair, "portals JOIN credentials ON credentials.portal_id = portals.id")


@pytest.mark.parametrize("clean", [False, True], ids=["CLEAN=0", "CLEAN=1"])
@pytest.mark.parametrize("way", [Way.MARKET, Way.LOCAL])
async def test_tokens_go_and_robots_no_longer_reach_us(arena: Arena, way: Way, clean: bool):
    pair = await working(arena, way)
    late = encoded(await robot_call(arena, pair, 1))
    assert await tokens_of(arena, pair) > 0

    await arena.control.uninstall(pair.partner.name, pair.partner.client_id, clean=clean)

    async def no_tokens() -> bool:
        return await tokens_of(arena, pair) == 0

    await until(no_tokens, 15, "tokens gone")
    stored = await arena.stored_calls()
    status, reason = await post(arena, late)
    assert status in {403, 404}, reason
    assert await arena.stored_calls() == stored


async def test_clean_erases_everything_of_the_portal_and_nothing_of_others(arena: Arena):
    pair, other = await working(arena, Way.MARKET), await working(arena, Way.MARKET)
    deliveries = "portals JOIN deliveries ON deliveries.portal_id = portals.id"
    links = "portals JOIN links ON links.portal_id = portals.id"
    assert (await rows_of(arena, pair, deliveries), await rows_of(arena, pair, links)) == (2, 2)

    await arena.control.uninstall(pair.partner.name, pair.partner.client_id, clean=True)

    async def erased() -> bool:
        return await rows_of(arena, pair, "portals") == 0

    await until(erased, 15, "the portal's rows erased")
    assert (await rows_of(arena, pair, deliveries), await rows_of(arena, pair, links)) == (0, 0)
    assert (await rows_of(arena, other, deliveries), await rows_of(arena, other, links)) == (2, 2)


async def test_without_clean_the_route_and_the_ledger_wait_for_a_reinstallation(arena: Arena):
    pair = await working(arena, Way.MARKET)
    await arena.control.uninstall(pair.partner.name, pair.partner.client_id, clean=False)

    async def no_tokens() -> bool:
        return await tokens_of(arena, pair) == 0

    await until(no_tokens, 15)
    await arena.browser.install(pair.partner.name, pair.partner.client_id)
    await arena.world.registered(pair.partner.name, pair.partner.client_id)

    # The deals of before enter the stage once more: they must meet their old hub deals, not make new ones.
    await pair.traffic.send_again(pair.partner.name, pair.traffic.sent[pair.partner.name])
    await pair.send(1)
    count = await until(pair.arrived, 30)
    assert (count.delivered, count.duplicates) == (3, 0)
