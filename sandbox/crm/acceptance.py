"""What of a caller's fields is taken, in which form, and what is refused."""

from typing import Any

from sandbox.crm import values
from sandbox.crm.fields import COMPANY, CONTACT, TYPE_NAMES, Field
from sandbox.holdings import files, kinds
from sandbox.wire import moments
from sandbox.wire.errors import RestError
from sandbox.world.hits import Hit
from sandbox.world.portal import Portal

Item = dict[str, Any]

_LINKS = {"crm_contact": CONTACT, "crm_company": COMPANY}
_STAMPS = ("createdTime", "updatedTime", "movedTime", "createdBy", "updatedBy", "movedBy")


def taken(hit: Hit, entity: int, fields: Item, *, loose: bool, current: Item | None) -> Item:
    """Bring known, writable fields to their kept form; others are ignored."""
    portal = hit.portal
    table = portal.fields[entity]
    accepted: Item = {}
    for name, value in fields.items():
        field = table.get(name)
        if field is None or field.read_only:
            continue
        if field.type == "file":
            before = current.get(name) if current else None
            accepted[name] = files.accept(portal, field, value, before, hit.user_id or 1, hit.now())
            continue
        kept = values.coerce(field, value, loose=loose)
        if kept is not values.SKIP:
            accepted[name] = kept
            _check(portal, entity, field, kept)
    return accepted


def check_required(portal: Portal, entity: int, item: Item, named: Item | None) -> None:
    """Raise for an empty field that must be filled; `named` limits the question to what changes."""
    for name in portal.held.required[entity]:
        field = portal.fields[entity][name]
        if named is not None and name not in named:
            continue
        if field.custom and not portal.switches.required_custom_fields:
            continue
        if item.get(name) in (None, "", 0, []):
            raise RestError("CRM_FIELD_ERROR_REQUIRED", f'The "{field.title}" field is required')


def stamps(hit: Hit, entity: int, fields: Item, *, admin: bool) -> Item:
    """The moments and authors that an import may set, within what the portal has seen so far."""
    given = {name: fields[name] for name in _STAMPS if fields.get(name) not in (None, "")}
    table = hit.portal.fields[entity]
    kept = {name: values.coerce(table[name], value, loose=False) for name, value in given.items()}
    if not given:
        return {}
    times = [kept[name] for name in ("createdTime", "movedTime", "updatedTime") if name in kept]
    latest = next((item["createdTime"] for item in hit.portal.records[entity].newest_first()), "")
    now = moments.stamp(hit.now())
    wrong = values.SKIP in times or not admin or times != sorted(times) or any(t > now for t in times)
    if wrong or kept.get("createdTime", latest) < latest:
        raise RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", 'Invalid value of the field "Created on"')
    return kept


def multi_fields(portal: Portal, item: Item, fields: Item) -> bool:
    """Append, change or remove phones, e-mails …; tell whether anything has changed."""
    changed = False
    for known, row in values.multi_fields(fields):
        existing = next((r for r in item["fm"] if r["id"] == known), None) if known else None
        if existing is not None:
            if not row["value"]:
                item["fm"].remove(existing)
            else:
                existing |= {"valueType": row["valueType"], "value": row["value"]}
            changed = True
        elif row["value"] and row["typeId"]:
            item["fm"].append({"id": portal.next_id(), **row})
            changed = True
    item["hasPhone"] = "Y" if any(row["typeId"] == "PHONE" for row in item["fm"]) else "N"
    item["hasEmail"] = "Y" if any(row["typeId"] == "EMAIL" for row in item["fm"]) else "N"
    return changed


def _check(portal: Portal, entity: int, field: Field, value: Any) -> None:
    wrong = (
        (field.type == "crm_category" and value not in kinds.categories(portal, entity))
        or (field.type == "crm_currency" and value and value not in portal.currencies)
    )  # fmt: skip
    if wrong:
        raise RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value of the field "{field.title}"')
    linked = _LINKS.get(field.type)
    if linked is None:
        return
    for number in value if isinstance(value, list) else [value]:
        if number and portal.records[linked].get(number) is None:
            name = TYPE_NAMES[linked].capitalize()
            raise RestError("0", f"[{name} #{number}] Access denied")
