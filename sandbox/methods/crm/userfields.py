"""`crm.deal.userfield.*` and its kin: custom fields made, listed and removed by applications."""

import re
from functools import partial
from typing import Any

from sandbox.crm.fields import COMPANY, CONTACT, DEAL, LEAD, TYPE_NAMES, Field
from sandbox.holdings import kinds
from sandbox.methods import tables
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

Row = dict[str, Any]

TYPES = frozenset(
    {"string", "integer", "double", "boolean", "date", "datetime", "money", "url", "address", "crm"}
    | {"enumeration", "file", "employee", "crm_status", "iblock_section", "iblock_element"}
)
_MAX_NAME = 50
_NAME = re.compile(r"[A-Z0-9_]+")
_COLUMNS = tables.columns(
    "ID:integer ENTITY_ID FIELD_NAME USER_TYPE_ID XML_ID SORT:integer MULTIPLE MANDATORY SHOW_FILTER"
    " SHOW_IN_LIST EDIT_IN_LIST IS_SEARCHABLE SETTINGS"
)
_LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")


def add(entity: int, request: Request) -> Reply:
    """Create a field; its name gets `UF_CRM_` in front if it has not."""
    _administrator(request)
    given = _given(request)
    upper = _name(given)
    kind = php.to_text(given.get("USER_TYPE_ID"))
    if not kind:
        raise RestError("", "The 'USER_TYPE_ID' field is not found.")
    if kind not in TYPES:
        raise RestError("", "Invalid custom type specified.")
    options = _options(given)
    multiple = given.get("MULTIPLE") == "Y"
    item = kinds.add_field(
        request.portal, entity, upper, kind, _label(given) or upper, options=options, multiple=multiple
    )
    item.sort = php.to_int(given.get("SORT")) or 100
    item.xml_id = php.to_text(given.get("XML_ID")) or None
    kinds.require(request.portal, entity, item.name, required=given.get("MANDATORY") == "Y")
    _tell(request, entity, item, "ADD")
    return Reply(item.id)


def update(entity: int, request: Request) -> Reply:
    _administrator(request)
    item, given = _existing(entity, request), _given(request)
    item.title = _label(given) or item.title
    item.sort = php.to_int(given.get("SORT")) or item.sort
    if "MANDATORY" in given:
        kinds.require(request.portal, entity, item.name, required=given["MANDATORY"] == "Y")
    for option in php.values(given.get("LIST")):
        _change_option(request, item, option)
    _tell(request, entity, item, "UPDATE")
    if "LIST" in given:
        _tell(request, entity, item, "SETENUMVALUES")
    return Reply(result=True)


def get(entity: int, request: Request) -> Reply:
    _administrator(request)
    item = _existing(entity, request)
    labels = {name: {request.portal.language: item.title} for name in _LABELS}
    return Reply(_printed(_row(entity, item)) | labels)


def list_all(entity: int, request: Request) -> Reply:
    """List the fields; their labels come only with a filter by `LANG`."""
    _administrator(request)
    custom = [item for item in request.portal.fields[entity].values() if item.custom]
    rows = [_row(entity, item) for item in custom]
    labelled = any(name.upper() == "LANG" for name, _ in php.pairs(request.get("filter")))

    def show(row: Row) -> Row:
        return _printed(row) | (dict.fromkeys(_LABELS, row["LABEL"]) if labelled else {})

    return tables.page(request, rows, _COLUMNS, shown=show)


def delete(entity: int, request: Request) -> Reply:
    _administrator(request)
    item = _existing(entity, request)
    kinds.remove_field(request.portal, entity, item.name)
    _tell(request, entity, item, "DELETE")
    return Reply(result=True)


def _administrator(request: Request) -> None:
    if not request.caller.user.admin:
        raise RestError("", "Access denied.")


def _given(request: Request) -> Row:
    return {name.upper(): value for name, value in php.pairs(request.get("fields"))}


def _name(given: Row) -> str:
    name = php.to_text(given.get("FIELD_NAME")).upper()
    if not name:
        raise RestError("", "The 'FIELD_NAME' field is not found.")
    upper = name if name.startswith("UF_CRM_") else f"UF_CRM_{name}"
    if len(upper) > _MAX_NAME:
        raise RestError("", f"Field name is too long (more than {_MAX_NAME} characters).")
    if not _NAME.fullmatch(upper):
        raise RestError(
            "", "Field name contains invalid characters. Allowed characters are: A-Z, 0-9, and _."
        )
    return upper


def _options(given: Row) -> tuple[str, ...]:
    rows = [row for row in php.values(given.get("LIST")) if isinstance(row, dict)]
    return tuple(php.to_text(row.get("VALUE")) for row in rows)


def _label(given: Row) -> str:
    for name in ("LABEL", *_LABELS):
        value = given.get(name)
        chosen = next(iter(value.values()), "") if isinstance(value, dict) else value
        if chosen:
            return php.to_text(chosen)
    return ""


def _change_option(request: Request, item: Field, option: Any) -> None:
    if not isinstance(option, dict):
        return
    number = php.to_text(option.get("ID"))
    known = next((row for row in item.items if row["ID"] == number), None)
    if known is None:
        value = php.to_text(option.get("VALUE"))
        item.items.append({"ID": str(request.portal.next_id()), "VALUE": value})
    elif option.get("DEL") == "Y":
        item.items.remove(known)
    else:
        known["VALUE"] = php.to_text(option.get("VALUE"))


def _existing(entity: int, request: Request) -> Field:
    number = request.legacy_id()
    found = [item for item in request.portal.fields[entity].values() if item.custom and item.id == number]
    if not found:
        raise RestError("ERROR_NOT_FOUND", f"The entity with ID '{number}' is not found.")
    return found[0]


def _row(entity: int, item: Field) -> Row:
    row: Row = {
        "ID": item.id,
        "ENTITY_ID": f"CRM_{TYPE_NAMES[entity]}",
        "FIELD_NAME": item.upper,
        "USER_TYPE_ID": item.type,
        "XML_ID": item.xml_id,
        "SORT": item.sort,
        "MULTIPLE": "Y" if item.multiple else "N",
        "MANDATORY": "Y" if item.required else "N",
        "SHOW_FILTER": "E",
        "SHOW_IN_LIST": "Y",
        "EDIT_IN_LIST": "Y",
        "IS_SEARCHABLE": "N",
        "SETTINGS": [],
        "LABEL": item.title,
    }
    if item.type == "enumeration":
        row["LIST"] = [
            {"ID": option["ID"], "SORT": str(place * 10), "VALUE": option["VALUE"], "DEF": "N"}
            for place, option in enumerate(item.items, 1)
        ]
    return row


def _printed(row: Row) -> Row:
    return tables.printed(row, _COLUMNS) | ({"LIST": row["LIST"]} if "LIST" in row else {})


def _tell(request: Request, entity: int, item: Field, what: str) -> None:
    name = TYPE_NAMES[entity]
    data = {"ID": item.id, "ENTITY_ID": f"CRM_{name}", "FIELD_NAME": item.upper}
    request.hit.event(f"ONCRM{name}USERFIELD{what}", {"FIELDS": data})


def _family(prefix: str, entity: int) -> list[Method]:
    actions = {"add": add, "update": update, "get": get, "list": list_all, "delete": delete}
    return [
        Method(f"{prefix}.userfield.{name}", partial(action, entity), "crm")
        for name, action in actions.items()
    ]


METHODS = [
    *_family("crm.lead", LEAD),
    *_family("crm.deal", DEAL),
    *_family("crm.contact", CONTACT),
    *_family("crm.company", COMPANY),
]
