"""How `crm.item.*` names, selects and prints fields."""

from typing import Any
from urllib.parse import quote, urlencode

from sandbox.crm.fields import Field
from sandbox.crm.records import Item
from sandbox.holdings import files
from sandbox.rest.hit import MISSING, Request
from sandbox.wire import php
from sandbox.wire.errors import RestError


def original_names(request: Request) -> bool:
    """`useOriginalUfNames` is typed as a string: a boolean fails the check of the parameter."""
    value = request.get("useOriginalUfNames", MISSING)
    if value is MISSING:
        return False
    if not isinstance(value, str):
        raise RestError(
            "100",
            f"Invalid value {{{php.to_text(value)}}} to match with parameter {{useOriginalUfNames}}."
            " Should be value of type string.",
        )
    return value == "Y"


def given_fields(request: Request, entity: int, given: Any) -> Item:
    """Take the fields under their camelCase or original custom names."""
    by_upper = {f.upper: f.name for f in request.portal.fields[entity].values() if f.custom}
    return {by_upper.get(name, name): value for name, value in php.pairs(given)}


def selected(table: dict[str, Field], source: Any) -> list[str] | None:
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


def printed(request: Request, entity: int, item: Item, names: list[str] | None, *, upper: bool) -> Item:
    """Print a record; with original names a selection can lose whatever is not custom."""
    out = {name: item[name] for name in names} if names is not None else {**item, "entityTypeId": entity}
    for name in request.portal.held.file_fields.get(entity, ()):
        if name in out:
            out[name] = _file_value(request, entity, item, request.portal.fields[entity][name])
    if not upper:
        return out
    table = request.portal.fields[entity]
    trapped = names is not None and request.portal.switches.original_names_trap
    return {
        table[name].upper if name in table and table[name].custom else name: value
        for name, value in out.items()
        if not trapped or (name in table and table[name].custom)
    }


def _file_value(request: Request, entity: int, item: Item, field: Field) -> Any:
    value = item[field.name]
    if field.multiple:
        return [_file(request, entity, item, field, number) for number in value or ()]
    return _file(request, entity, item, field, value) if value else None


def _file(request: Request, entity: int, item: Item, field: Field, number: int) -> Item:
    query = {"entityTypeId": entity, "id": item["id"], "fieldName": field.upper, "fileId": number}
    action = urlencode({"action": "crm.controller.item.getFile", "SITE_ID": "s1", **query})
    return {
        "id": number,
        "url": f"{request.portal.url}/bitrix/services/main/ajax.php?{action}",
        "urlMachine": signed(request, "crm.controller.item.getFile", "crm", query),
    }


def signed(request: Request, method: str, kind: str, query: dict[str, Any]) -> str:
    """An address under `/rest/` that whoever has it may fetch, as long as the credential lives."""
    caller = request.caller
    token = quote(files.token(request.portal, kind, query, caller.secret), safe="")
    if caller.webhook:
        return f"{request.portal.rest_url}{caller.webhook}/{method}/?token={token}"
    return f"{request.portal.rest_url}{method}/?auth={caller.token}&token={token}"
