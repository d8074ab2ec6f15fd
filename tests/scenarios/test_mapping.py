"""An operator gives a route a mapping of its own, from the command line."""

import json
from pathlib import Path

import pytest

from sandbox.driver.folder import DemoError
from tests.scenarios.arena import Arena, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTRACT, PAYER = "ufCrm_1721244707107", "ufCrm_INN2"


async def _route(arena: Arena, partner: str) -> str:
    routes = json.loads(await arena.bridge.command("routes", "list", "--json"))
    (route,) = [route["id"] for route in routes if route["partner"] == partner]
    return str(route)


async def test_a_custom_field_named_in_the_mapping_arrives_from_then_on(arena: Arena, tmp_path: Path) -> None:
    pair = await arena.pair()
    route = await _route(arena, pair.partner.domain)
    mapping = json.loads(await arena.bridge.command("routes", "mapping", route))
    mapping["rules"].append({"target": PAYER, "source": {"kind": "field", "name": CONTRACT}})
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(mapping), encoding="utf-8")
    said = await arena.bridge.command("routes", "mapping", route, "--publish", str(file))
    assert "Version 2" in said
    (deal_id,) = await pair.traffic.send(
        pair.partner.name, [{"title": "Annual contract", CONTRACT: "Д-17/3"}]
    )
    await until(pair.arrived, what="the deal in the hub")
    (deal,) = [
        deal
        for deal in await arena.world.control.deals(pair.hub.name)
        if deal["originId"] == str(deal_id) and pair.partner.member_id in deal["originatorId"]
    ]
    assert deal[PAYER] == "Д-17/3"


async def test_a_mapping_that_cannot_be_used_is_refused_and_says_why(arena: Arena, tmp_path: Path) -> None:
    pair = await arena.pair()
    route = await _route(arena, pair.partner.domain)
    file = tmp_path / "mapping.json"
    file.write_text('{"name": "broken", "rules": [{"target": "originId"}]}', encoding="utf-8")
    with pytest.raises(DemoError, match="originId"):
        await arena.bridge.command("routes", "mapping", route, "--publish", str(file))
    assert json.loads(await arena.bridge.command("routes", "mapping", route))["name"] != "broken"
