"""Control calls about what administrators do to a portal while applications look away."""

import secrets
from typing import Any

from sandbox.control.routes import Ask, Table
from sandbox.holdings import kinds
from sandbox.wire import addresses
from sandbox.wire.errors import RestError
from sandbox.world import lifecycle
from sandbox.world.model import OutgoingWebhook

Json = dict[str, Any]


def require_field(ask: Ask) -> Json:
    entity = int(ask.parts[-2])
    field = ask.portal.fields[entity].get(ask.parts[-1])
    if field is None:
        raise RestError("NOT_FOUND", f"No field {ask.parts[-1]}", 404)
    kinds.require(ask.portal, entity, field.name, required=bool(ask.body["required"]))
    return {"name": field.name, "required": field.required}


def remove_field(ask: Ask) -> Json:
    """Remove a custom field with all its values."""
    entity, name = int(ask.parts[-2]), ask.parts[-1]
    field = ask.portal.fields[entity].get(name)
    if field is None or not field.custom:
        raise RestError("NOT_FOUND", f"No custom field {name}", 404)
    kinds.remove_field(ask.portal, entity, name)
    return {"result": True}


def rename_stage(ask: Ask) -> Json:
    stage = ask.portal.stage(ask.body["stage"])
    if stage is None:
        raise RestError("NOT_FOUND", f"No stage {ask.body['stage']}", 404)
    stage.name = str(ask.body["name"])
    return {"stage": stage.code, "name": stage.name}


def dismiss(ask: Ask) -> Json:
    user = ask.portal.users[int(ask.parts[-1])]
    lifecycle.dismiss(ask.world, ask.portal, user, keep=bool(ask.body.get("keep")))
    return user.brief() | {"active": user.active}


def reinstate(ask: Ask) -> Json:
    user = ask.portal.users[int(ask.parts[-1])]
    user.active = True
    return user.brief() | {"active": user.active}


def license_portal(ask: Ask) -> Json:
    ask.portal.licensed = bool(ask.body["licensed"])
    return {"licensed": ask.portal.licensed}


def add_outgoing(ask: Ask) -> Json:
    portal = ask.portal
    hook = OutgoingWebhook(
        portal.next_id(),
        str(ask.body["event"]).upper(),
        addresses.check(ask.body["handler"]),
        secrets.token_hex(16),
    )
    portal.outgoing.append(hook)
    return {"id": hook.id, "application_token": hook.token}


TABLE: Table = {
    "PATCH portals/*/fields/*/*": require_field,
    "DELETE portals/*/fields/*/*": remove_field,
    "PATCH portals/*/stages": rename_stage,
    "POST portals/*/users/*/dismiss": dismiss,
    "POST portals/*/outgoing": add_outgoing,
}
