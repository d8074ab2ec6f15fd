"""`crm.deal.contact.*` and its kin: who belongs to a record, written past the record itself."""

from functools import partial
from typing import Any

from sandbox.crm import bonds, rights
from sandbox.crm.fields import COMPANY, CONTACT, DEAL, LEAD
from sandbox.crm.records import Item
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

_KEYS = {CONTACT: "CONTACT_ID", COMPANY: "COMPANY_ID"}
_LISTS = {CONTACT: ("contactIds", "contactId"), COMPANY: ("companyIds", "companyId")}


def get_items(owner: int, linked: int, request: Request) -> Reply:
    item = _owner(owner, request, "read")
    return Reply(bonds.printed(request.portal, owner, item, _KEYS[linked]))


def set_items(owner: int, linked: int, request: Request) -> Reply:
    """Replace all links; no event is raised and no automation starts."""
    item = _owner(owner, request, "update")
    given = request.get("items")
    if not isinstance(given, list):
        raise RestError("", "The parameter items must be array.")
    _write(request, owner, linked, item, [row for row in given if isinstance(row, dict)])
    return Reply(result=True)


def clear(owner: int, linked: int, request: Request) -> Reply:
    _write(request, owner, linked, _owner(owner, request, "update"), [])
    return Reply(result=True)


def add(owner: int, linked: int, request: Request) -> Reply:
    """Add one link; `false` if it is there already."""
    item = _owner(owner, request, "update")
    fields = request.get("fields")
    row = {name.upper(): value for name, value in php.pairs(fields)}
    number = php.to_int(row.get(_KEYS[linked]))
    if request.portal.records[linked].get(number) is None:
        raise RestError("", f"The parameter '{_KEYS[linked]}' is invalid or not defined.")
    present = bonds.printed(request.portal, owner, item, _KEYS[linked])
    if any(known[_KEYS[linked]] == number for known in present):
        return Reply(result=False)
    if row.get("IS_PRIMARY") == "Y":
        present = [known | {"IS_PRIMARY": "N"} for known in present]
    _write(request, owner, linked, item, [*present, row])
    return Reply(result=True)


def delete(owner: int, linked: int, request: Request) -> Reply:
    item = _owner(owner, request, "update")
    fields = request.get("fields")
    number = php.to_int({name.upper(): value for name, value in php.pairs(fields)}.get(_KEYS[linked]))
    present = bonds.printed(request.portal, owner, item, _KEYS[linked])
    left = [known for known in present if known[_KEYS[linked]] != number]
    if len(left) == len(present):
        return Reply(result=False)
    _write(request, owner, linked, item, left)
    return Reply(result=True)


def _owner(owner: int, request: Request, action: str) -> Item:
    number = php.to_int(request.get("id"))
    if number < 1:
        raise RestError("", "The parameter ownerEntityID is invalid or not defined.")
    item = request.portal.records[owner].get(number)
    if item is None:
        raise RestError("", "Not found.")
    if not rights.may(request.caller.user, action, item):
        raise RestError("ACCESS_DENIED", "Access denied!", 403)
    return item


def _write(request: Request, owner: int, linked: int, item: Item, rows: list[dict[str, Any]]) -> None:
    """Write the set: the primary link is the first that says so, else the first."""
    many, one = _LISTS[linked]
    portal, key = request.portal, _KEYS[linked]
    numbers: dict[int, int] = {}
    primary = 0
    for place, row in enumerate(rows):
        number = php.to_int(row.get(key))
        if portal.records[linked].get(number) is None or number in numbers:
            continue
        numbers[number] = php.to_int(row.get("SORT")) or (place + 1) * 10
        if row.get("IS_PRIMARY") == "Y" and not primary:
            primary = number
    before = item[many]
    item[many] = sorted(numbers, key=lambda number: numbers[number])
    if one in item:
        item[one] = primary or (next(iter(numbers)) if numbers else 0)
    portal.held.contact_sorts[owner, item["id"]] = numbers
    bonds.mirror(portal, owner, item, before)


def _family(prefix: str, owner: int, linked: int) -> list[Method]:
    actions = {"add": add, "delete": delete, "items.get": get_items, "items.set": set_items}
    actions["items.delete"] = clear
    return [
        Method(f"{prefix}.{name}", partial(action, owner, linked), "crm") for name, action in actions.items()
    ]


METHODS = [
    *_family("crm.lead.contact", LEAD, CONTACT),
    *_family("crm.deal.contact", DEAL, CONTACT),
    *_family("crm.company.contact", COMPANY, CONTACT),
    *_family("crm.contact.company", CONTACT, COMPANY),
]
