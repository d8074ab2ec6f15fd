"""`crm.item.*` for leads, deals, contacts, companies and the items of smart processes."""

from typing import Any

from sandbox.crm import changes, fields, filters, rights
from sandbox.crm.fields import Field
from sandbox.crm.records import Item
from sandbox.methods import listing
from sandbox.methods.crm import printing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import names, php
from sandbox.wire.errors import RestError


def list_items(request: Request) -> Reply:
    entity, table = entity_of(request)
    upper = printing.original_names(request)
    group = filters.build(request.get("filter"), _finder(table, upper=upper), strict=True)
    start = request.start()
    items, total = listing.page(
        request.portal.records[entity],
        group,
        _order(table, request.get("order")),
        start,
        visible=request.view(),
    )
    chosen = printing.selected(table, request.get("select"))
    shown = [printing.printed(request, entity, item, chosen, upper=upper) for item in items]
    return listing.reply({"items": shown}, len(items), total, start)


def get_item(request: Request) -> Reply:
    entity, _ = entity_of(request)
    item = existing(request, entity)
    if not rights.may(request.caller.user, "read", item):
        raise RestError("ACCESS_DENIED", "Access denied")
    return _shown(request, entity, item)


def add_item(request: Request) -> Reply:
    entity, _ = entity_of(request)
    if rights.level(request.caller.user, "add") == "none":
        raise changes.denied("ADD")
    return _shown(request, entity, changes.create(request.hit, entity, _fields(request, entity)))


def update_item(request: Request) -> Reply:
    entity, _ = entity_of(request)
    item = existing(request, entity)
    if not rights.may(request.caller.user, "update", item):
        raise changes.denied("UPDATE")
    changes.update(request.hit, entity, item, _fields(request, entity))
    return _shown(request, entity, item)


def delete_item(request: Request) -> Reply:
    entity, _ = entity_of(request)
    item = existing(request, entity)
    if not rights.may(request.caller.user, "delete", item):
        raise changes.denied("DELETE")
    changes.delete(request.hit, entity, item)
    return Reply([])


def describe(request: Request) -> Reply:
    _, table = entity_of(request)
    upper = printing.original_names(request)
    return Reply(
        {
            "fields": {
                field.upper if upper and field.custom else name: fields.describe(field, upper=False)
                for name, field in table.items()
            }
        }
    )


def entity_of(request: Request) -> tuple[int, dict[str, Field]]:
    entity = request.integer("entityTypeId")
    table = request.portal.fields.get(entity)
    if table is None:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {entity} is not supported")
    return entity, table


def existing(request: Request, entity: int) -> Item:
    item = request.portal.records[entity].get(request.integer("id"))
    if item is None:
        raise RestError("NOT_FOUND", "Element not found")
    return item


def _shown(request: Request, entity: int, item: Item) -> Reply:
    upper = printing.original_names(request)
    return Reply({"item": printing.printed(request, entity, item, None, upper=upper)})


def _fields(request: Request, entity: int) -> dict[str, Any]:
    given = request.get("fields")
    if not isinstance(given, dict | list):
        raise RestError("100", "Could not find value for parameter {fields}")
    return printing.given_fields(request, entity, given)


def _finder(table: dict[str, Field], *, upper: bool) -> filters.Find:
    by_upper = {field.upper: field for field in table.values() if field.custom} if upper else {}

    def find(prefix: str, name: str) -> Field | None:
        if name in by_upper:
            return by_upper[name]
        field = table.get(name)
        if field is None or (prefix and field.multiple and not field.custom):
            return None
        if prefix and field.custom and names.breaks_with_prefix(field.upper):
            raise RestError(
                "INVALID_ARG_VALUE",
                f"Invalid filter: field '{names.mangled(name)}' is not allowed in filter",
            )
        return field

    return find


def _order(table: dict[str, Field], source: Any) -> list[tuple[str, bool]]:
    """Read the order; stored names are understood as well, which much-used clients rely on (`ID`)."""
    by_upper = {field.upper: field.name for field in table.values()}
    found = []
    for given, way in php.pairs(source):
        name = by_upper.get(given, given)
        if name not in table:
            raise RestError("INVALID_ARG_VALUE", f"Invalid order: field '{given}' is not allowed in order")
        if php.to_text(way).upper() not in ("ASC", "DESC"):
            raise RestError(
                "INVALID_ARG_VALUE",
                "Invalid order: allowed sort directions are `ASC, DESC`. "
                f"But got '{php.to_text(way)}' for field '{given}'",
            )
        found.append((name, php.to_text(way).upper() == "DESC"))
    return found


METHODS = [
    Method("crm.item.list", list_items, "crm"),
    Method("crm.item.get", get_item, "crm"),
    Method("crm.item.add", add_item, "crm"),
    Method("crm.item.update", update_item, "crm"),
    Method("crm.item.delete", delete_item, "crm"),
    Method("crm.item.fields", describe, "crm"),
]
