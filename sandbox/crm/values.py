"""Bringing values that callers send to the form in which records keep and print them."""

from typing import Any

from sandbox.crm.fields import MULTI_FIELDS, Field
from sandbox.wire import moments, php

SKIP = object()
_INTEGERS = frozenset(
    {
        "integer",
        "user",
        "employee",
        "crm_company",
        "crm_contact",
        "crm_category",
        "crm_lead",
        "crm_quote",
        "location",
    }
)


def coerce(field: Field, value: Any, *, loose: bool) -> Any:
    """Answer the kept form of `value`, or `SKIP` where the portal ignores it without a word.

    `loose` is the older family (`crm.deal.*`), which takes 1 and "1" for yes.
    """
    if field.multiple:
        source = php.values(value) if isinstance(value, list | dict) else [value] if value else []
        kept = [_one(field, item, loose=loose) for item in source]
        return list(dict.fromkeys(item for item in kept if item is not SKIP and item not in (None, "", 0)))
    return _one(field, value, loose=loose)


def empty(field: Field) -> Any:
    """What a field holds that nobody has set."""
    if field.multiple:
        return []
    if field.type == "boolean":
        return None if field.custom else "N"
    if field.type in ("crm_company", "crm_contact"):
        return 0
    return 0 if field.name in ("opportunity", "taxValue") else None


def _one(field: Field, value: Any, *, loose: bool) -> Any:
    if field.type in _INTEGERS:
        return php.to_int(value)
    if field.type == "boolean":
        return _boolean(value, loose=loose)
    if field.type == "double":
        return _number(value, places=None if field.custom else 2)
    return _text_like(field, value)


def _text_like(field: Field, value: Any) -> Any:
    if field.type == "enumeration":
        chosen = php.to_int(value)
        return chosen if any(option["ID"] == str(chosen) for option in field.items) else None
    if field.type in ("date", "datetime") and value not in (None, "", False):
        return moments.parse(value, day=field.type == "date") or SKIP
    return None if value is None or (value in ("", False) and field.type != "string") else php.to_text(value)


def _number(value: Any, places: int | None) -> float | int | None:
    if value in (None, ""):
        return None if places is None else 0
    number = php.to_float(value)
    number = number if places is None else round(number, places)
    return int(number) if number.is_integer() else number


def _boolean(value: Any, *, loose: bool) -> str:
    yes = value is True or value in ("true", "y", "Y") or (loose and value in (1, "1"))
    return "Y" if yes else "N"


def multi_fields(fields: dict[str, Any]) -> list[tuple[int | None, dict[str, str]]]:
    """Collect the phones, e-mails … of `fm` and of PHONE, EMAIL … as (known id or None, row)."""
    rows = [_row(key, item, None) for key, item in php.pairs(fields.get("fm"))]
    for kind in MULTI_FIELDS:
        rows += [_row(key, item, kind) for key, item in php.pairs(fields.get(kind))]
    return [row for row in rows if row is not None]


def _row(key: str, item: Any, kind: str | None) -> tuple[int | None, dict[str, str]] | None:
    if not isinstance(item, dict):
        return None
    low = {name.replace("_", "").lower(): value for name, value in item.items()}
    known = php.to_int(low.get("id")) or (int(key) if kind is None and key.isdigit() and int(key) else 0)
    deleted = low.get("delete") == "Y"
    return known or None, {
        "typeId": kind or php.to_text(low.get("typeid")).upper(),
        "valueType": php.to_text(low.get("valuetype") or "WORK"),
        "value": "" if deleted else php.to_text(low.get("value")),
    }
