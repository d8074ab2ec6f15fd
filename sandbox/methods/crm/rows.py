"""Product rows of leads, deals and smart processes, in both families."""

from typing import Any

from sandbox.crm import changes, prices, rights
from sandbox.crm.fields import DEAL, SHORT_CODES, short_code, staged
from sandbox.crm.records import Item
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import names, php
from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal

_NUMBERS = ("productId", "quantity", "discountTypeId", "discountRate", "discountSum", "sort", "measureCode")
_DERIVED = ("priceExclusive", "priceNetto", "priceBrutto", "priceAccount")
_HIDDEN = frozenset({"xmlId", "type", "storeId", "taxName"})


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
    _check_read(request, _entity(request, owner_type), owner_id)
    after = php.to_int(given.get(">id", 0))
    stored = request.portal.product_rows
    rows = [r for o in owners for r in stored.get((str(owner_type), o), []) if r["id"] > after]
    rows.sort(key=lambda row: row["id"])
    start = request.start()
    shown, total = listing.slice_of(rows, start)
    return listing.reply({"productRows": shown}, len(shown), total, start)


def set_rows(request: Request) -> Reply:
    """Replace all rows of a record."""
    owner_type = php.to_text(request.get("ownerType"))
    owner_id = request.integer("ownerId")
    entity = _entity(request, owner_type)
    given = request.get("productRows")
    if not isinstance(given, list | dict):
        raise RestError("100", "Could not find value for parameter {productRows}")
    owner = request.portal.records[entity].get(owner_id)
    if owner is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    if not rights.may(request.caller.user, "update", owner):
        raise RestError("ACCESS_DENIED", "Access denied")
    rows = [
        _row(request.portal, entity, owner, {k: v for k, v in row.items() if k not in _DERIVED})
        for row in php.values(given)
        if isinstance(row, dict)
    ]
    _replace(request, entity, owner, rows)
    return Reply({"productRows": rows})


def get_old(request: Request) -> Reply:
    deal = _deal(request, "read")
    return Reply([_printed_old(row) for row in request.portal.product_rows.get(("D", deal["id"]), [])])


def set_old(request: Request) -> Reply:
    """Replace all rows; the id is cast, entries that are no arrays are skipped."""
    deal = _deal(request, "update")
    given = [
        {names.to_camel(key.upper()): value for key, value in row.items()}
        for row in php.values(request.get("rows"))
        if isinstance(row, dict)
    ]
    for row in given:
        prices.check_discount(row)
    _replace(request, DEAL, deal, [_row(request.portal, DEAL, deal, row) for row in given])
    return Reply(result=True)


def _entity(request: Request, owner_type: Any) -> int:
    code = php.to_text(owner_type)
    entity = SHORT_CODES.get(code, 0)
    if code.startswith("T") and len(code) > 1:
        entity = next((known for known in request.portal.held.kinds if short_code(known) == code), 0)
    if not staged(entity):
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {code} is not supported")
    return entity


def _check_read(request: Request, entity: int, owner_id: Any) -> None:
    """Ask for the right to read the owner; of several, which are cast to 1, for that on number 1."""
    many = isinstance(owner_id, list | dict)
    if many and not request.portal.switches.rows_of_many_check_deal_one:
        return
    owner = request.portal.records[entity].get(php.to_int(owner_id))
    if rights.level(request.caller.user, "read") == "all":
        return
    if owner is None or not rights.may(request.caller.user, "read", owner):
        raise RestError("ACCESS_DENIED", "Access denied")


def _deal(request: Request, action: str) -> Item:
    deal = request.portal.records[DEAL].get(request.legacy_id())
    if deal is None:
        raise RestError("", "Not found")
    if not rights.may(request.caller.user, action, deal):
        raise RestError("", "Access denied")
    return deal


def _replace(request: Request, entity: int, owner: Item, rows: list[Item]) -> None:
    request.portal.product_rows[short_code(entity), owner["id"]] = rows
    changes.rows_changed(request.hit, entity, owner)


def _row(portal: Portal, entity: int, owner: Item, given: dict[str, Any]) -> Item:
    tax = given.get("taxRate")
    row: Item = {
        "id": portal.next_id(),
        "ownerId": owner["id"],
        "ownerType": short_code(entity),
        "productId": 0,
        "productName": php.to_text(given.get("productName")),
        "price": prices.number(given.get("price") or 0),
        "priceAccount": 0,
        "priceExclusive": 0,
        "priceNetto": 0,
        "priceBrutto": 0,
        "quantity": 1,
        "discountTypeId": prices.PERCENT,
        "discountRate": 0,
        "discountSum": 0,
        "taxRate": None if tax in (None, "") else prices.number(tax),
        "taxIncluded": "Y" if given.get("taxIncluded") in ("Y", True) else "N",
        "taxName": php.to_text(given.get("taxName") or ("No VAT" if tax in (None, "") else "")),
        "customized": "Y",
        "measureCode": 796,
        "measureName": php.to_text(given.get("measureName") or "pcs"),
        "sort": 10,
        "xmlId": php.to_text(given.get("xmlId")),
        "type": 1,
        "storeId": None,
    }
    row |= {name: prices.number(given[name], 4) for name in _NUMBERS if given.get(name) not in (None, "")}
    prices.complete(row, given)
    return row


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
