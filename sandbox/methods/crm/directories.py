"""Pipelines, stages, other directories, currencies, stage history."""

from typing import Any

from sandbox.crm import stages
from sandbox.crm.fields import staged
from sandbox.holdings import kinds
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.model import Status

_EXTRA = {None: "process", "S": "success", "F": "failure"}


def categories(request: Request) -> Reply:
    entity = request.integer("entityTypeId")
    if entity not in request.portal.fields or not staged(entity):
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {entity} is not supported")
    first = next(iter(kinds.categories(request.portal, entity)), 0)
    rows = [
        {
            "id": category.id,
            "name": category.name,
            "sort": category.sort,
            "entityTypeId": entity,
            "isDefault": "Y" if category.id == first else "N",
            "originId": "",
            "originatorId": "",
        }
        for category in kinds.categories(request.portal, entity).values()
    ]
    return listing.reply({"categories": rows}, len(rows), None if request.start() < 0 else len(rows), 0)


def statuses(request: Request) -> Reply:
    given = request.get("filter")
    wanted = {key.lstrip("=").upper(): value for key, value in php.pairs(given)}
    rows = []
    for status in request.portal.statuses:
        row = _status(status)
        # The directory must be named by a string; arrays find nothing.
        if all(row.get(key, value) == value for key, value in wanted.items()):
            rows.append(row)
    rows.sort(key=lambda row: (row["ENTITY_ID"], int(row["SORT"])))
    return Reply(rows, len(rows))


def currencies(request: Request) -> Reply:
    rows = _currencies(request)
    return Reply(rows, len(rows))


def currency(request: Request) -> Reply:
    code = php.to_text(request.get("id"))
    found = [row for row in _currencies(request) if row["CURRENCY"] == code]
    if not found:
        raise RestError("", "Not found")
    return Reply(found[0])


def base_currency(request: Request) -> Reply:
    return Reply(next(iter(request.portal.currencies)))


def _currencies(request: Request) -> list[dict[str, Any]]:
    portal = request.portal
    base = next(iter(portal.currencies))
    return [
        {
            "CURRENCY": code,
            "AMOUNT_CNT": "1",
            "AMOUNT": f"{rate:.4f}",
            "SORT": str(100 + index * 100),
            "BASE": "Y" if code == base else "N",
            "FULL_NAME": code,
            "LID": portal.language,
            "FORMAT_STRING": f"# {code}",
            "DECIMALS": "2",
        }
        for index, (code, rate) in enumerate(portal.currencies.items())
    ]


def history(request: Request) -> Reply:
    """List stage changes; a page by `>ID` does not read what lies before."""
    entity = request.integer("entityTypeId")
    if entity not in request.portal.fields or not staged(entity):
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    conditions = {key.upper(): value for key, value in php.pairs(request.get("filter"))}
    after = php.to_int(conditions.pop(">ID", 0))
    rows = [row for row in stages.history(request.portal, entity)[after:] if _fits(row, conditions)]
    if dict(listing.directions(request.get("order"))).get("ID"):
        rows.reverse()
    start = request.start()
    shown, total = listing.slice_of(rows, start)
    return listing.reply({"items": shown}, len(shown), total, start)


def _fits(row: dict[str, Any], conditions: dict[str, Any]) -> bool:
    for key, value in conditions.items():
        name = key.lstrip("=@<>!")
        have = php.to_text(row.get(name))
        wanted = [php.to_text(v) for v in (php.values(value) if isinstance(value, list | dict) else [value])]
        if key.startswith(">"):
            fits = have >= wanted[0]
        elif key.startswith("<"):
            fits = have <= wanted[0]
        else:
            fits = (have in wanted) is not key.startswith("!")
        if not fits:
            return False
    return True


def _status(status: Status) -> dict[str, Any]:
    return {
        "ID": str(status.id),
        "ENTITY_ID": status.entity,
        "STATUS_ID": status.code,
        "NAME": status.name,
        "NAME_INIT": "",
        "SORT": str(status.sort),
        "SYSTEM": "Y" if status.sort == 10 or status.semantics else "N",
        "CATEGORY_ID": None if status.category is None else str(status.category),
        "COLOR": status.color,
        "SEMANTICS": status.semantics,
        "EXTRA": {"SEMANTICS": _EXTRA[status.semantics], "COLOR": status.color},
    }


METHODS = [
    Method("crm.category.list", categories, "crm"),
    Method("crm.status.list", statuses, "crm"),
    Method("crm.currency.list", currencies, "crm"),
    Method("crm.currency.get", currency, "crm"),
    Method("crm.currency.base.get", base_currency, "crm"),
    Method("crm.stagehistory.list", history, "crm"),
]
