"""Installing both ways, again and again, in every half-done state that Bitrix24 can leave behind."""

import asyncio

import pytest

from sandbox.driver.world import ROBOT, Way
from tests.scenarios.arena import Arena, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = ["access", "events", "placements", "robots", "connection"]


def plain(row: dict) -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    """What a portal has of ours, each thing once or it shows."""
    return (
        sorted(row["robots"]),
        sorted((one["placement"], one["handler"]) for one in row["placements"]),
        sorted((one["event"], one["handler"]) for one in row["events"]),
    )


@pytest.mark.parametrize("way", Way)
async def test_each_way_of_installing_ends_with_everything_registered(arena: Arena, way: Way):
    portal = await arena.portal("shop", way)
    row = await arena.world.registered(portal.name, portal.client_id)
    robots, placements, events = plain(row)
    assert ROBOT in robots
    assert "ONAPPUNINSTALL" in dict(events)
    assert all(handler.startswith(f"{arena.bridge.url}/b24/event") for _, handler in events)
    assert all(handler.startswith(f"{arena.bridge.url}/app/") for _, handler in placements)


async def test_the_page_goes_through_its_steps_in_order_and_names_what_it_did(arena: Arena):
    name = arena.name("steps")
    await arena.control.add_portal(name, "Steps", "ru")
    steps = await arena.browser.install(name, arena.market["client_id"])
    assert list(steps) == STEPS
    assert all(step["problem"] is None for step in steps.values())


async def test_the_robot_is_registered_before_the_installation_is_finished(arena: Arena):
    """A robot put on a stage right after the page said "done" must not meet a missing definition."""
    name = arena.name("early")
    await arena.control.add_portal(name, "Early", "en")
    client_id = arena.market["client_id"]
    await arena.control.install(name, client_id)
    page = await arena.browser.open(name, client_id)
    assert not page.boot["installed"]
    await arena.browser.run_steps(page)
    row = await arena.control.app_row(name, client_id)
    assert not row["installed"]
    assert ROBOT in row["robots"]


async def test_every_step_run_twice_changes_nothing(arena: Arena):
    portal = await arena.portal("twice")
    before = plain(await arena.world.registered(portal.name, portal.client_id))
    page = await arena.browser.open(portal.name, portal.client_id)
    await arena.browser.run_steps(page)
    await arena.browser.run_steps(page)
    assert plain(await arena.control.app_row(portal.name, portal.client_id)) == before


async def test_two_administrators_installing_at_once_do_not_collide(arena: Arena):
    name = arena.name("both")
    await arena.control.add_portal(name, "Both", "en")
    client_id = arena.market["client_id"]
    await arena.control.install(name, client_id)
    pages = await asyncio.gather(*(arena.browser.open(name, client_id) for _ in range(2)))
    await asyncio.gather(*(arena.browser.run_steps(page) for page in pages))
    robots, placements, events = plain(await arena.control.app_row(name, client_id))
    assert len(placements) == len(set(placements))
    assert len(events) == len(set(events))
    assert ROBOT in robots


async def test_a_page_closed_half_way_is_completed_by_the_next_one(arena: Arena):
    name = arena.name("half")
    await arena.control.add_portal(name, "Half", "en")
    client_id = arena.market["client_id"]
    await arena.control.install(name, client_id)
    first = await arena.browser.open(name, client_id)
    status, step = await first.api("POST", "installation/steps/events")
    assert (status, step["state"]) == (200, "done")

    second = await arena.browser.open(name, client_id)
    await arena.browser.run_steps(second)
    await arena.control.finish(name, client_id)
    _, placements, events = plain(await arena.world.registered(name, client_id))
    assert len(events) == len(set(events))
    assert placements


async def test_what_somebody_removed_is_put_back_by_the_page(arena: Arena):
    """An app update wipes robots and events; the page that the administrator opens shows and repairs it."""
    portal = await arena.portal("wiped")
    before = plain(await arena.world.registered(portal.name, portal.client_id))
    await arena.control.update(portal.name, portal.client_id)
    page = await arena.browser.open(portal.name, portal.client_id)
    await arena.browser.run_steps(page)
    assert plain(await arena.control.app_row(portal.name, portal.client_id)) == before


@pytest.mark.parametrize("way", Way)
async def test_an_update_that_wiped_the_robots_is_mended_without_a_person(arena: Arena, way: Way):
    pair = await arena.pair(way)
    client_id = pair.partner.client_id
    before = plain(await arena.control.app_row(pair.partner.name, client_id))

    await arena.control.update(pair.partner.name, client_id)

    async def mended() -> bool:
        row = await arena.control.app_row(pair.partner.name, client_id)
        # The portal itself binds ONAPPINSTALL for applications without pages; an update takes it away.
        again = {event for event, _ in plain(row)[2]} | {"ONAPPINSTALL"}
        return plain(row)[:2] == before[:2] and again >= {event for event, _ in before[2]}

    await until(mended, 60, "robots, placements and events back after the update")
    await pair.send(2)
    assert (await until(pair.arrived, 30)).duplicates == 0


@pytest.mark.parametrize("way", Way)
async def test_installing_again_keeps_the_route_and_goes_on_delivering(arena: Arena, way: Way):
    pair = await arena.pair(way)
    await pair.send(1)
    await until(pair.arrived, 30)
    name, client_id = pair.partner.name, pair.partner.client_id
    before = plain(await arena.control.app_row(name, client_id))

    if way is Way.API_ONLY:
        await arena.control.install(name, client_id)
    else:
        await arena.browser.install(name, client_id)
    assert plain(await arena.world.registered(name, client_id))[:2] == before[:2]

    await pair.send(2)
    count = await until(pair.arrived, 30)
    assert (count.delivered, count.duplicates) == (3, 0)


async def test_a_market_app_and_local_ones_work_side_by_side_for_one_hub(arena: Arena):
    hub = await arena.portal("hub")
    pairs = [await arena.pair(way) for way in Way]
    assert len({pair.partner.client_id for pair in pairs}) == 3
    for pair in pairs:
        await arena.world.bridge.add_route(pair.partner.domain, hub.domain)
        await pair.send(2)
    for pair in pairs:
        assert (await until(pair.arrived, 30)).duplicates == 0


async def test_a_portal_outside_the_allowlist_is_turned_away(arena: Arena):
    """The bridge of these scenarios admits `*.b24.localhost`; the portal claims to be elsewhere."""
    name = arena.name("far")
    await arena.control.add_portal(name, "Far", "en")
    await arena.control.fault("rename", name, domain=f"{name}.elsewhere.localhost")
    client_id = arena.market["client_id"]
    await arena.control.install(name, client_id)
    opened = await arena.control.open(name, client_id)
    async with arena.browser.session.post(opened["url"], data=opened["fields"]) as answer:
        status, text = answer.status, await answer.text()
    assert status in {200, 403}
    assert '"session"' not in text
    assert not await arena.fetch("SELECT 1 FROM portals WHERE domain LIKE '%.elsewhere.localhost%'")
