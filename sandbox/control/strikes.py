"""Control calls about faults."""

from typing import Any

from sandbox.control.routes import Ask, Table
from sandbox.wire.errors import RestError
from sandbox.world.faults import QUEUE_KINDS, RECORD_KINDS, REST_KINDS, TOKEN_KINDS

Json = dict[str, Any]


def add(ask: Ask) -> Json:
    """Set a fault; those of tokens and names strike at once and are over."""
    kind = ask.body["kind"]
    if kind not in REST_KINDS | RECORD_KINDS | TOKEN_KINDS | QUEUE_KINDS:
        raise RestError("NOT_FOUND", f"No fault {kind}", 404)
    given = {key: value for key, value in ask.body.items() if value is not None}
    if given.get("portal"):
        ask.scene.portal(given["portal"])
    fault = ask.world.faults.add(**given)
    if kind in TOKEN_KINDS:
        ask.world.faults.remove(fault.id)
        _strike(ask, kind)
    return {"id": fault.id}


def remove(ask: Ask) -> Json:
    return {"result": ask.world.faults.remove(int(ask.parts[0]))}


def clear(ask: Ask) -> Json:
    ask.world.faults.clear()
    return {"result": True}


def _strike(ask: Ask, kind: str) -> None:
    name = ask.body.get("portal")
    if kind == "rename":
        portal, domain = ask.scene.portal(ask.body["portal"]), str(ask.body["domain"])
        portal.old_domains.add(portal.domain)
        portal.domain = domain if ":" in domain else f"{domain}:{ask.world.port}"
        portal.old_domains.discard(portal.domain)
        return
    member_id = ask.scene.portal(name).member_id if name else None
    if kind == "expire_tokens":
        ask.world.tokens.expire(member_id)
    else:
        ask.world.tokens.revoke(member_id)


TABLE: Table = {
    "GET faults": lambda ask: ask.world.faults.rows(),
    "POST faults": add,
    "DELETE faults": clear,
    "DELETE faults/*": remove,
}
