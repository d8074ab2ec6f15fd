"""Control calls about deals and other records: what people do by hand in a portal."""

from typing import Any

from sandbox.control.routes import Ask, Table
from sandbox.crm import changes
from sandbox.crm.fields import DEAL
from sandbox.wire.errors import RestError

Json = dict[str, Any]


def create(ask: Ask, entity: int, items: list[Json]) -> list[int]:
    """Create records: events are sent, robots of the stage start."""
    hit = ask.world.hit(ask.portal, ask.user_id)
    try:
        return [changes.create(hit, entity, fields, loose=True)["id"] for fields in items]
    finally:
        hit.close()


def move(ask: Ask) -> Json:
    """Move deals, each in a hit of its own, into a stage of whatever pipeline has it."""
    portal, stage = ask.portal, ask.body["stage"]
    target = portal.stage(stage)
    if target is None:
        raise RestError("NOT_FOUND", f"No stage {stage}", 404)
    deals = [portal.records[DEAL].get(int(number)) for number in ask.body["ids"]]
    for deal in filter(None, deals):
        hit = ask.world.hit(portal, ask.user_id)
        changes.update(hit, DEAL, deal, {"categoryId": target.category or 0, "stageId": stage})
        hit.close()
    return {"moved": len([deal for deal in deals if deal])}


def timeline(ask: Ask) -> list[Json]:
    return [
        {"kind": e.kind, "entity": e.entity, "id": e.entity_id, "title": e.title, "text": e.text}
        for e in ask.portal.timeline
    ]


def field_names(ask: Ask) -> Json:
    return {field.name: field.upper for field in ask.portal.fields[int(ask.parts[1])].values()}


TABLE: Table = {
    "GET portals/*/deals": lambda ask: list(ask.portal.records[DEAL]),
    "GET portals/*/deals/count": lambda ask: {"count": len(ask.portal.records[DEAL])},
    "POST portals/*/deals": lambda ask: {"ids": create(ask, DEAL, ask.body["deals"])},
    "POST portals/*/deals/move": move,
    "GET portals/*/records/*": lambda ask: list(ask.portal.records[int(ask.parts[1])]),
    "POST portals/*/records/*": lambda ask: {"ids": create(ask, int(ask.parts[1]), ask.body["items"])},
    "GET portals/*/timeline": timeline,
    "GET portals/*/fields/*": field_names,
}
