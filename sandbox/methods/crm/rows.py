"""Product rows of deals, in both families."""

from typing import Any

from sandbox.crm import changes
from sandbox.crm.fields import SHORT_CODES
from sandbox.crm.records import Item
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import names, php
from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal

_NUMBERS = ("productId", "quantity", "discountTypeId", "discountRate", "discountSum", "sort", "measureCode")

_HIDDEN = frozenset({"priceAccount", "priceNetto", "priceBrutto", "xmlId", "type", "storeId"})


def list_rows(request: Request) -> Reply:
    """List rows of owners of one type; both `=ownerType` and `=ownerId` are mandatory."""
    given = request.get("filter")
    given = given if isinstance(given, dict) else {}
    owner_type, owner_id = given.get("=ownerType"), given.get("=ownerId")
    if not owner_type or not owner_id:
        raise RestError("REQUIRED_ARG_MISSING", "Required fields: =ownerType, =ownerId")
    owners = [
        php.to_int(v) for v in (php.values(owner_id) if isinstance(owner_id, list | dict) else [owner_id])
    ]
    after = php.to_int(given.get(">id", 0))
    stored = request.portal.product_rows
    rows = [r for o in owners for r in stored.get((str(owner_type), o), []) if r["id"] > after]
    rows.sort(key=lambda row: row["id"])
    start = request.start()
    shown, total = listing.slice_of(rows, start)
    return listing.reply({"productRows": shown}, len(shown), total, start)


def set_rows(request: Request) -> Reply:
    """Replace all rows of a deal."""
    owner_type = php.to_text(request.get("ownerType"))
    owner_id = request.integer("ownerId")
    if owner_type not in SHORT_CODES:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {owner_type} is not supported")
    given = request.get("productRows")
    if not isinstance(given, list | dict):
        raise RestError("100", "Could not find value for parameter {productRows}")
    deal = request.portal.records[SHORT_CODES[owner_type]].get(owner_id)
    if deal is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    rows = [_row(request.portal, deal, row) for row in php.values(given) if isinstance(row, dict)]
    _replace(request, deal, rows)
    return Reply({"productRows": rows})


def get_old(request: Request) -> Reply:
    deal = _deal(request)
    return Reply([_printed_old(row) for row in request.portal.product_rows.get(("D", deal["id"]), [])])


def set_old(request: Request) -> Reply:
    """Replace all rows; the id is cast, entries that are no arrays are skipped."""
    deal = _deal(request)
    given = [row for row in php.values(request.get("rows")) if isinstance(row, dict)]
    rows = [
        _row(request.portal, deal, {names.to_camel(key.upper()): value for key, value in row.items()})
        for row in given
    ]
    _replace(request, deal, rows)
    return Reply(result=True)


def _deal(request: Request) -> Item:
    deal = request.portal.records[2].get(request.legacy_id())
    if deal is None:
        raise RestError("", "Not found")
    return deal


def _replace(request: Request, deal: Item, rows: list[Item]) -> None:
    request.portal.product_rows["D", deal["id"]] = rows
    changes.recount(request.hit, deal)
    request.hit.event("ONCRMDEALUPDATE", {"FIELDS": {"ID": deal["id"]}})


def _row(portal: Portal, deal: Item, given: dict[str, Any]) -> Item:
    price = _number(given.get("price", 0))
    tax = given.get("taxRate")
    row: Item = {
        "id": portal.next_id(),
        "ownerId": deal["id"],
        "ownerType": "D",
        "productId": 0,
        "productName": php.to_text(given.get("productName")),
        "price": price,
        "priceAccount": price,
        "priceExclusive": price,
        "priceNetto": price,
        "priceBrutto": price,
        "quantity": 1,
        "discountTypeId": 2,
        "discountRate": 0,
        "discountSum": 0,
        "taxRate": None if tax in (None, "") else _number(tax),
        "taxIncluded": "Y" if given.get("taxIncluded") in ("Y", True) else "N",
        "customized": "Y",
        "measureCode": 796,
        "measureName": php.to_text(given.get("measureName") or "pcs"),
        "sort": 10,
        "xmlId": php.to_text(given.get("xmlId")),
        "type": 1,
        "storeId": None,
    }
    row |= {name: _number(given[name]) for name in _NUMBERS if given.get(name) not in (None, "")}
    return row


def _number(value: Any) -> float | int:
    number = round(php.to_float(value), 2)
    return int(number) if number.is_integer() else number


def _printed_old(row: Item) -> Item:
    upper = {name: "".join(f"_{c}" if c.isupper() else c.upper() for c in name) for name in row}
    kept = (name for name in row if name not in _HIDDEN)
    return {upper[name]: str(row[name]) if name in ("id", "ownerId") else row[name] for name in kept}


METHODS = [
    Method("crm.item.productrow.list", list_rows, "crm"),
    Method("crm.item.productrow.set", set_rows, "crm"),
    Method("crm.deal.productrows.get", get_old, "crm"),
    Method("crm.deal.productrows.set", set_old, "crm"),
]
