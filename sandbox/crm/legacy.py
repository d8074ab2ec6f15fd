"""How `crm.deal.*` and its kin name and print things: upper snake case, scalars as strings."""

from typing import Any

from sandbox.crm.fields import MULTI_FIELDS, Field, type_name
from sandbox.wire import php
from sandbox.world.portal import Portal

Item = dict[str, Any]


def by_legacy(portal: Portal, entity: int) -> dict[str, Field]:
    return {
        field.legacy: field for field in portal.fields[entity].values() if field.name not in _HIDDEN[entity]
    }


_HIDDEN = {
    1: {"contactIds", "observers"},
    2: {"contactIds", "observers"},
    3: {"companyIds"},
    4: {"contactIds"},
}
_WRITABLE_HIDDEN = {
    1: {"CONTACT_IDS": "contactIds"},
    2: {"CONTACT_IDS": "contactIds"},
    3: {"COMPANY_IDS": "companyIds"},
    4: {"CONTACT_IDS": "contactIds"},
}


def to_camel(portal: Portal, entity: int, fields: Any, *, update: bool) -> Item:
    """Translate the fields of `crm.deal.add` to those of `crm.item.add`; unknown ones are dropped."""
    known = by_legacy(portal, entity)
    out: Item = {}
    for name, value in php.pairs(fields):
        upper = name.upper()
        if upper in known:
            out[known[upper].name] = value
        elif upper in _WRITABLE_HIDDEN[entity]:
            out[_WRITABLE_HIDDEN[entity][upper]] = value
        elif upper in MULTI_FIELDS:
            out[upper] = value
    if update:
        out.pop("categoryId", None)
    return out


def printed(portal: Portal, entity: int, item: Item, names: set[str] | None = None, token: str = "") -> Item:
    """Print a record, every scalar as a string; `names` limits the fields, `token` opens its files."""
    out: Item = {}
    for name, field in by_legacy(portal, entity).items():
        if names is not None and name not in names:
            continue
        value = item.get(field.name)
        out[name] = _files(entity, item, field, value, token) if field.type == "file" else _text(field, value)
    for kind in MULTI_FIELDS if "fm" in item else ():
        if names is not None and kind not in names:
            continue
        rows = [
            {"ID": str(r["id"]), "VALUE_TYPE": r["valueType"], "VALUE": r["value"], "TYPE_ID": kind}
            for r in item["fm"]
            if r["typeId"] == kind
        ]
        if rows:
            out[kind] = rows
    return out


def _files(entity: int, item: Item, field: Field, value: Any, token: str) -> Any:
    """Addresses of files; a webhook has no token to put into them, which makes them useless."""
    kind = type_name(entity).lower()

    def one(number: int) -> Item:
        path = f"/bitrix/components/bitrix/crm.{kind}.show/show_file.php?auth={token}&ownerId={item['id']}"
        show = f"{path}&fieldName={field.upper}&dynamic=Y&fileId={number}"
        return {"id": number, "showUrl": show, "downloadUrl": show}

    if field.multiple:
        return [one(number) for number in value or ()]
    return one(value) if value else None


def _text(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.multiple:
        return [php.to_text(item) for item in value]
    if field.type == "boolean" and field.custom:
        return "1" if value == "Y" else "0"
    if field.type == "double" and not field.custom:
        return f"{value:.2f}"
    return php.to_text(value)
