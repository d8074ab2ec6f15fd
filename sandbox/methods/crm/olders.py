"""The older family: `crm.lead.*`, `crm.deal.*`, `crm.contact.*`, `crm.company.*`."""

from functools import partial
from typing import Any

from sandbox.crm import changes, fields, filters, legacy, rights
from sandbox.crm.fields import COMPANY, CONTACT, DEAL, LEAD, MULTI_FIELDS, Field
from sandbox.crm.records import Item
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

_DENIED = RestError("", "Access denied.")


def add(entity: int, request: Request) -> Reply:
    if rights.level(request.caller.user, "add") == "none":
        raise _DENIED
    given = legacy.to_camel(request.portal, entity, request.get("fields"), update=False)
    try:
        return Reply(changes.create(request.hit, entity, given, loose=True)["id"])
    except RestError as error:
        raise RestError("", error.description) from error


def update(entity: int, request: Request) -> Reply:
    item = _existing(entity, request, "update")
    given = legacy.to_camel(request.portal, entity, request.get("fields"), update=True)
    try:
        changes.update(request.hit, entity, item, given, loose=True)
    except RestError as error:
        raise RestError("", error.description) from error
    return Reply(result=True)


def get(entity: int, request: Request) -> Reply:
    item = _existing(entity, request, "read")
    return Reply(legacy.printed(request.portal, entity, item, token=request.caller.token))


def delete(entity: int, request: Request) -> Reply:
    changes.delete(request.hit, entity, _existing(entity, request, "delete"))
    return Reply(result=True)


def list_all(entity: int, request: Request) -> Reply:
    """List with the trap of this family: conditions on unknown fields are dropped silently."""
    known = legacy.by_legacy(request.portal, entity)

    def find(_prefix: str, name: str) -> Field | None:
        return known.get(name.upper())

    group = filters.build(request.get("filter"), find, strict=False)
    order = [
        (known[name.upper()].name, way)
        for name, way in listing.directions(request.get("order"))
        if name.upper() in known
    ]
    start = request.start()
    records = request.portal.records[entity]
    items, total = listing.page(records, group, order, start, visible=request.view())
    selected = _selected(known, request.get("select"))
    token = request.caller.token
    shown: list[Any] = [legacy.printed(request.portal, entity, item, selected, token) for item in items]
    reply = listing.reply(shown, len(items), total, start)
    reply.total = reply.total if reply.total is not None else 0
    return reply


def describe(entity: int, request: Request) -> Reply:
    known = legacy.by_legacy(request.portal, entity)
    return Reply({name: fields.describe(field, upper=True) for name, field in known.items()})


def _existing(entity: int, request: Request, action: str) -> Item:
    item = request.portal.records[entity].get(request.legacy_id())
    if item is None:
        raise RestError("", "Not found")
    if not rights.may(request.caller.user, action, item):
        raise _DENIED
    return item


def _selected(known: dict[str, Field], source: Any) -> set[str]:
    """Without a selection there are neither custom fields nor phones."""
    wanted = {php.to_text(name).upper() for name in php.values(source)} or {"*"}
    chosen = {name for name in known if name in wanted}
    if "*" in wanted:
        chosen |= {name for name, field in known.items() if not field.custom}
    if "UF_*" in wanted:
        chosen |= {name for name, field in known.items() if field.custom}
    return chosen | {"ID"} | (wanted & set(MULTI_FIELDS))


def _family(prefix: str, entity: int) -> list[Method]:
    actions = {
        "add": add,
        "update": update,
        "get": get,
        "delete": delete,
        "list": list_all,
        "fields": describe,
    }
    return [Method(f"{prefix}.{name}", partial(action, entity), "crm") for name, action in actions.items()]


METHODS = [
    *_family("crm.lead", LEAD),
    *_family("crm.deal", DEAL),
    *_family("crm.contact", CONTACT),
    *_family("crm.company", COMPANY),
]
