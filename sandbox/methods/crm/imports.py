"""`crm.item.import` and `crm.item.batchImport`: records without automation, with moments of their own."""

from typing import Any

from sandbox.crm import acceptance, changes, rights
from sandbox.methods.crm import items, printing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

MAX_ITEMS = 20


def import_item(request: Request) -> Reply:
    entity, _ = items.entity_of(request)
    given = request.get("fields")
    if not isinstance(given, dict | list):
        raise RestError("100", "Could not find value for parameter {fields}")
    return Reply({"item": {"id": _import(request, entity, given)}})


def import_batch(request: Request) -> Reply:
    """Import up to 20 records one after the other; each has its own outcome under its own key."""
    entity, _ = items.entity_of(request)
    given = request.get("data")
    if not isinstance(given, dict | list):
        raise RestError("100", "Could not find value for parameter {data}")
    rows = list(php.pairs(given))
    if len(rows) > MAX_ITEMS:
        raise RestError("MAX_IMPORT_BATCH_SIZE_EXCEEDED", f"Max batch size is {MAX_ITEMS}")
    results: dict[str, Any] = {}
    for key, fields in rows:
        try:
            results[key] = {"item": {"id": _import(request, entity, fields)}}
        except RestError as error:
            results[key] = error.body()
    return Reply({"items": php.array(results)})


def _import(request: Request, entity: int, given: Any) -> int:
    user = request.caller.user
    if rights.level(user, "import") == "none":
        raise changes.denied("IMPORT")
    fields = printing.given_fields(request, entity, given)
    stamps = acceptance.stamps(request.hit, entity, fields, admin=user.admin)
    number: int = changes.create(request.hit, entity, fields, imported=stamps)["id"]
    return number


METHODS = [
    Method("crm.item.import", import_item, "crm"),
    Method("crm.item.batchimport", import_batch, "crm"),
]
