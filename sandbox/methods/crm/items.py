"""`crm.item.*` for deals, contacts and companies."""

from typing import Any

from sandbox.crm import changes, fields, filters
from sandbox.crm.fields import Field
from sandbox.crm.records import Item
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import names, php
from sandbox.wire.errors import RestError


def list_items(request: Request) -> Reply:
    entity, table = _entity(request)
    upper_names = request.get("useOriginalUfNames") == "Y"
    group = filters.build(request.get("filter"), _finder(table, upper=upper_names), strict=True)
    start = request.start()
    items, total = listing.page(
        request.portal.records[entity], group, _order(table, request.get("order")), start
    )
    selected = _selected(table, request.get("select"))
    shown = [_printed(entity, item, selected) for item in items]
    return listing.reply({"items": shown}, len(items), total, start)


def get_item(request: Request) -> Reply:
    entity, _ = _entity(request)
    return Reply({"item": _printed(entity, _existing(request, entity), None)})


def add_item(request: Request) -> Reply:
    entity, _ = _entity(request)
    item = changes.create(request.hit, entity, _fields(request, entity))
    return Reply({"item": _printed(entity, item, None)})


def update_item(request: Request) -> Reply:
    entity, _ = _entity(request)
    item = _existing(request, entity)
    changes.update(request.hit, entity, item, _fields(request, entity))
    return Reply({"item": _printed(entity, item, None)})


def delete_item(request: Request) -> Reply:
    entity, _ = _entity(request)
    changes.delete(request.hit, entity, _existing(request, entity))
    return Reply([])


def describe(request: Request) -> Reply:
    _, table = _entity(request)
    return Reply({"fields": {name: fields.describe(field, upper=False) for name, field in table.items()}})


def _entity(request: Request) -> tuple[int, dict[str, Field]]:
    entity = request.integer("entityTypeId")
    table = request.portal.fields.get(entity)
    if table is None:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {entity} is not supported")
    return entity, table


def _existing(request: Request, entity: int) -> Item:
    item = request.portal.records[entity].get(request.integer("id"))
    if item is None:
        raise RestError("NOT_FOUND", "Element not found")
    return item


def _fields(request: Request, entity: int) -> dict[str, Any]:
    """Take the fields under their camelCase or original custom names."""
    given = request.get("fields")
    if not isinstance(given, dict | list):
        raise RestError("100", "Could not find value for parameter {fields}")
    by_upper = {f.upper: f.name for f in request.portal.fields[entity].values() if f.custom}
    return {by_upper.get(name, name): value for name, value in php.pairs(given)}


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
    for name, way in php.pairs(source):
        if name not in table or php.to_text(way).upper() not in ("ASC", "DESC"):
            raise RestError("INVALID_ARG_VALUE", f"Invalid order: field '{name}' is not allowed in order")
    return listing.directions(source)


def _selected(table: dict[str, Field], source: Any) -> list[str] | None:
    """Answer the names to print, in the table's order; unknown ones are dropped, `None` means all."""
    wanted = [php.to_text(name) for name in php.values(source)]
    if not wanted or "*" in wanted:
        return None
    chosen = {name for name in wanted if name in table}
    by_upper = {field.upper: field.name for field in table.values() if field.custom}
    chosen |= {by_upper[name] for name in wanted if name in by_upper}
    if "UF_*" in wanted:
        chosen |= {field.name for field in table.values() if field.custom}
    return [name for name in table if name in chosen or name == "id"]


def _printed(entity: int, item: Item, selected: list[str] | None) -> Item:
    if selected is None:
        return {**item, "entityTypeId": entity}
    return {name: item[name] for name in selected}


METHODS = [
    Method("crm.item.list", list_items, "crm"),
    Method("crm.item.get", get_item, "crm"),
    Method("crm.item.add", add_item, "crm"),
    Method("crm.item.update", update_item, "crm"),
    Method("crm.item.delete", delete_item, "crm"),
    Method("crm.item.fields", describe, "crm"),
]
