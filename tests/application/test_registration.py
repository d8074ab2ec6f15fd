"""A portal is brought to what the bridge declares, whatever it holds before."""

from dataclasses import replace

import pytest

from application.contract import Declaration
from application.errors import PortalUnavailable, Rejected
from application.model import Portal
from application.registration import STEPS, Registrar
from application.store.credentials import Credentials
from tests.application.bench import Bench, name_of


@pytest.fixture
async def portal(bench: Bench) -> Portal:
    return await bench.portal()


async def _fresh(bench: Bench, portal: Portal) -> Portal:
    found = await bench.engine.portals.get(portal.id)
    assert found is not None
    return found


async def _run(bench: Bench, portal: Portal, registrar: Registrar | None = None) -> dict[str, int]:
    """Run all steps; returns how often each method was called meanwhile."""
    before = await bench.requests(portal)
    await (registrar or bench.engine.registrar).run_all(await _fresh(bench, portal))
    after = await bench.requests(portal)
    return {method: number - before.get(method, 0) for method, number in after.items()
            if number > before.get(method, 0)}  # fmt: skip


def _changes(calls: dict[str, int]) -> dict[str, int]:
    read = {"scope", "event.get", "placement.get", "bizproc.robot.list", "app.info", "batch"}
    return {method: number for method, number in calls.items() if method not in read}


async def _stands(bench: Bench, portal: Portal) -> bool:
    row = await bench.control.app_row(name_of(portal), bench.client_id)
    declared = bench.engine.declaration
    return (
        row["robots"] == sorted(robot.code for robot in declared.robots)
        and {binding["placement"] for binding in row["placements"]} == {p.code for p in declared.placements}
        and {binding["event"] for binding in row["events"]} == {e.code for e in declared.events if e.bind}
    )


def _registrar(bench: Bench, declaration: Declaration) -> Registrar:
    engine = bench.engine

    async def owner(portal_id):
        return await Credentials(engine.pool, engine.keys, portal_id).owner()

    registrations = engine.life_cycle.registrations
    return Registrar(
        declaration=declaration, apis=engine.apis, portals=engine.portals, registrations=registrations,
        owner=owner,
    )  # fmt: skip


async def test_an_empty_portal_gets_everything_that_is_declared(bench: Bench, portal: Portal) -> None:
    calls = _changes(await _run(bench, portal))
    assert await _stands(bench, portal)
    assert calls["bizproc.robot.add"] == len(bench.engine.declaration.robots)


async def test_a_second_run_changes_nothing(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    assert _changes(await _run(bench, portal)) == {}


@pytest.mark.parametrize("done", range(1, len(STEPS)))
async def test_an_installation_that_stopped_half_way_is_finished(
    bench: Bench, portal: Portal, done: int
) -> None:
    for step in STEPS[:done]:
        await bench.engine.registrar.run(await _fresh(bench, portal), step)
    await _run(bench, portal)
    assert await _stands(bench, portal)


async def test_what_is_on_the_portal_but_not_in_our_books_is_taken_over(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    await bench.engine.life_cycle.registrations.forget(portal.id)
    await _run(bench, portal)
    assert await _stands(bench, portal)
    assert _changes(await _run(bench, portal)) == {}


async def test_robots_that_a_new_version_wiped_come_back(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    await bench.control.update(name_of(portal), bench.client_id)
    assert not await _stands(bench, portal)
    await _run(bench, portal)
    assert await _stands(bench, portal)


async def test_a_changed_title_is_brought_to_the_portal_once(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    first, *others = bench.engine.declaration.robots
    renamed = replace(first, title={"en": "Send it", "ru": "Отправить"})
    registrar = _registrar(bench, replace(bench.engine.declaration, robots=(renamed, *others)))
    assert _changes(await _run(bench, portal, registrar)) == {"bizproc.robot.update": 1}
    assert _changes(await _run(bench, portal, registrar)) == {}


async def test_what_is_no_longer_declared_is_removed(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    kept = bench.engine.declaration.robots[:1]
    registrar = _registrar(bench, replace(bench.engine.declaration, robots=kept, placements=()))
    await _run(bench, portal, registrar)
    row = await bench.control.app_row(name_of(portal), bench.client_id)
    assert (row["robots"], row["placements"]) == ([kept[0].code], [])


async def test_a_bridge_that_moved_leaves_nothing_at_its_old_address(bench: Bench, portal: Portal) -> None:
    await _run(bench, portal)
    moved = replace(bench.engine.declaration, public_url="http://other.b24.localhost:1")
    await _run(bench, portal, _registrar(bench, moved))
    row = await bench.control.app_row(name_of(portal), bench.client_id)
    handlers = {binding["handler"] for kind in ("placements", "events") for binding in row[kind]}
    assert all(handler.startswith("http://other.b24.localhost:1/") for handler in handlers)
    assert await _stands(bench, portal)


async def test_missing_permissions_are_named(bench: Bench, portal: Portal) -> None:
    wanting = replace(bench.engine.declaration, scopes=("crm", "telephony", "im"))
    with pytest.raises(Rejected) as refused:
        await _registrar(bench, wanting).run(portal, "access")
    assert (refused.value.code, refused.value.params) == ("scopes_missing", {"scopes": "im, telephony"})


async def test_a_portal_that_lost_its_tokens_says_that_a_person_is_needed(
    bench: Bench, portal: Portal
) -> None:
    await bench.control.fault("revoke_tokens", name_of(portal))
    with pytest.raises(PortalUnavailable):
        await bench.engine.registrar.run_all(portal)


async def test_the_connection_step_learns_the_plan_that_chooses_the_pace(bench: Bench) -> None:
    portal = await bench.portal(license_family="ent")
    await bench.engine.registrar.run(portal, "connection")
    assert (await _fresh(bench, portal)).license_family == "ent"
