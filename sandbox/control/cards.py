"""Control calls about what stands on a record's card and behind it: buttons, fields, kinds, triggers."""

from typing import Any

from sandbox.control.routes import Ask, Table
from sandbox.crm.fields import FIRST_DYNAMIC
from sandbox.holdings import kinds
from sandbox.holdings.state import Trigger
from sandbox.methods.timeline import layouts
from sandbox.wire.errors import RestError
from sandbox.world import subscribers
from sandbox.world.hits import event_call

Json = dict[str, Any]

_EVENT = "ONCRMTIMELINEITEMACTION"


def activities(ask: Ask) -> list[Json]:
    """List activities, with the parts of each layout that can be clicked."""
    return [
        {**row, "parts": [part for part, _ in layouts.actions(row.get("LAYOUT"))]}
        for row in ask.portal.held.activities.rows.values()
    ]


def press(ask: Ask) -> Json:
    """Click a part of a configurable activity: `part` is its path or the last word of it.

    `restEvent` is told to the application that made the activity and to no other; with an animation the
    activity is locked until that application updates it.
    """
    row = ask.portal.held.activities.rows.get(int(ask.parts[-1]))
    if row is None or "LAYOUT" not in row:
        raise RestError("NOT_FOUND", "No such configurable activity", 404)
    part = str(ask.body["part"])
    found = [
        (path, action)
        for path, action in layouts.actions(row["LAYOUT"])
        if part in (path, path.rpartition(".")[2])
    ]
    if not found:
        raise RestError("NOT_FOUND", f"No part {part} to click", 404)
    path, action = found[0]
    if row["LOCKED"] in ("loader", path):
        raise RestError("LOCKED", "The application has not answered the last click", 409)
    context = {
        "entityTypeId": row["OWNER_TYPE_ID"],
        "entityId": row["OWNER_ID"],
        "activityId": row["ID"],
    }
    given = action.get("actionParams") or {}
    answer: Json = {"type": action["type"]}
    if action["type"] == "redirect":
        return answer | {"uri": action.get("uri")}
    if action["type"] == "openRestApp":
        return answer | {"client_id": row["CLIENT_ID"], "options": {**given, **context}}
    data = {**given, **context, "id": action["id"], "userId": ask.user_id}
    _tell(ask, row["CLIENT_ID"], data)
    animation = action.get("animationType")
    row["LOCKED"] = path if animation == "disable" else animation
    return answer | {"event": data, "locked": row["LOCKED"]}


def _tell(ask: Ask, client_id: str, data: Json) -> None:
    portal, now = ask.portal, ask.world.now()
    installation = portal.installations.get(client_id)
    if installation is None or not installation.working:
        return
    for binding in installation.events:
        if binding.code != _EVENT:
            continue
        if binding.handler:
            user_id = binding.user_id or ask.user_id
            ask.world.outbox(
                event_call(portal, installation, binding, data, ts=int(now), user_id=user_id, hops=1)
            )
        else:
            subscribers.store(
                installation, binding, data, at=now, user_id=ask.user_id, next_id=portal.next_id
            )


def add_field(ask: Ask) -> Json:
    body, entity = ask.body, int(ask.parts[-1])
    item = kinds.add_field(
        ask.portal,
        entity,
        body["name"],
        body.get("type", "string"),
        body.get("title") or body["name"],
        options=tuple(body.get("options") or ()),
        multiple=bool(body.get("multiple")),
    )
    kinds.require(ask.portal, entity, item.name, required=bool(body.get("required")))
    return {"id": item.id, "name": item.name, "upper": item.upper, "items": item.items}


def add_kind(ask: Ask) -> Json:
    number = ask.body.get("entity_type_id")
    kind = kinds.add(ask.portal, ask.body["title"], int(number) if number else None, ask.world.now())
    return {"id": kind.id, "entity_type_id": kind.entity, "categories": list(kind.categories)}


def place_trigger(ask: Ask) -> Json:
    """Put an application's trigger (or, without `client_id`, one for webhooks) on a stage of deals."""
    portal, body = ask.portal, ask.body
    client_id, code, stage = body.get("client_id"), body["code"], body["stage"]
    if client_id and code not in portal.held.triggers[client_id]:
        raise RestError("NOT_FOUND", f"No trigger {code}", 404)
    if portal.stage(stage) is None:
        raise RestError("NOT_FOUND", f"No stage {stage}", 404)
    portal.held.placed_triggers.append(Trigger(client_id, code, stage, bool(body.get("back"))))
    return {"result": True}


def triggers(ask: Ask) -> Json:
    placed = ask.portal.held.placed_triggers
    return {
        "registered": {client_id: dict(known) for client_id, known in ask.portal.held.triggers.items()},
        "placed": [
            {"client_id": t.client_id, "code": t.code, "stage": t.stage, "back": t.back} for t in placed
        ],
    }


def list_kinds(ask: Ask) -> list[Json]:
    known = ask.portal.held.kinds.values()
    return [
        {"id": k.id, "entity_type_id": k.entity, "title": k.title} for k in known if k.entity >= FIRST_DYNAMIC
    ]


TABLE: Table = {
    "GET portals/*/activities": activities,
    "POST portals/*/activities/*/press": press,
    "POST portals/*/fields/*": add_field,
    "GET portals/*/types": list_kinds,
    "POST portals/*/types": add_kind,
    "GET portals/*/triggers": triggers,
    "POST portals/*/triggers": place_trigger,
}
