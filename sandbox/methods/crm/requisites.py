"""Requisites with their bank details, addresses and templates."""

from functools import partial
from typing import Any

from sandbox.crm.fields import COMPANY, CONTACT, LEAD, REQUISITE
from sandbox.holdings.state import Numbered
from sandbox.methods import tables
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError

Row = dict[str, Any]

_OWNED = "ID:integer ENTITY_TYPE_ID:integer ENTITY_ID:integer {} DATE_CREATE:datetime DATE_MODIFY:datetime "
_OWNED += "CREATED_BY_ID:user MODIFY_BY_ID:user NAME CODE XML_ID ORIGINATOR_ID ACTIVE SORT:integer "

_COLUMNS = {
    "requisites": tables.columns(
        _OWNED.format("PRESET_ID:integer ADDRESS_ONLY")
        + "RQ_NAME RQ_FIRST_NAME RQ_LAST_NAME RQ_SECOND_NAME RQ_COMPANY_ID RQ_COMPANY_NAME"
        " RQ_COMPANY_FULL_NAME RQ_COMPANY_REG_DATE RQ_DIRECTOR RQ_ACCOUNTANT RQ_CONTACT RQ_EMAIL RQ_PHONE"
        " RQ_FAX RQ_INN RQ_KPP RQ_IFNS RQ_OGRN RQ_OGRNIP RQ_OKPO RQ_OKTMO RQ_OKVED RQ_EDRPOU RQ_BIN"
        " RQ_VAT_ID RQ_TAX_REG_NUMBER RQ_IDENT_DOC RQ_IDENT_DOC_SER RQ_IDENT_DOC_NUM"
    ),
    "bank_details": tables.columns(
        _OWNED.format("COUNTRY_ID:integer")
        + "RQ_BANK_NAME RQ_BANK_ADDR RQ_BIK RQ_ACC_NUM RQ_ACC_NAME RQ_ACC_CURRENCY RQ_COR_ACC_NUM RQ_IBAN"
        " RQ_SWIFT RQ_BIC COMMENTS"
    ),
    "presets": tables.columns(
        "ID:integer ENTITY_TYPE_ID:integer COUNTRY_ID:integer DATE_CREATE:datetime DATE_MODIFY:datetime"
        " CREATED_BY_ID:user MODIFY_BY_ID:user NAME XML_ID ACTIVE SORT:integer"
    ),
}
_ADDRESS = tables.columns(
    "TYPE_ID:integer ENTITY_TYPE_ID:integer ENTITY_ID:integer ADDRESS_1 ADDRESS_2 CITY POSTAL_CODE REGION"
    " PROVINCE COUNTRY COUNTRY_CODE LOC_ADDR_ID:integer ANCHOR_TYPE_ID:integer ANCHOR_ID:integer"
)
_EVENTS = {"requisites": "REQUISITE", "bank_details": "BANKDETAIL"}


def add(kind: str, request: Request) -> Reply:
    """Create a row; nothing looks for an equal one."""
    row = tables.given(request, _COLUMNS[kind])
    if kind == "requisites":
        _check_requisite(request, row)
    elif kind == "bank_details":
        row["ENTITY_TYPE_ID"] = REQUISITE
        if php.to_int(row.get("ENTITY_ID")) not in request.portal.held.requisites.rows:
            raise RestError("", "ENTITY_ID is not defined or invalid.")
    moment = moments.stamp(request.hit.now())
    user = request.caller.user.id
    start: Row = {"ACTIVE": "Y", "SORT": 500, "DATE_CREATE": moment, "DATE_MODIFY": "", "CREATED_BY_ID": user}
    number = _rows(kind, request).add(start | row)
    _tell(kind, request, "ADD", number)
    return Reply(number)


def update(kind: str, request: Request) -> Reply:
    row = tables.existing(_rows(kind, request).rows, request)
    row |= tables.given(request, _COLUMNS[kind])
    row |= {"DATE_MODIFY": moments.stamp(request.hit.now()), "MODIFY_BY_ID": request.caller.user.id}
    _tell(kind, request, "UPDATE", row["ID"])
    return Reply(result=True)


def get(kind: str, request: Request) -> Reply:
    row = tables.existing(_rows(kind, request).rows, request)
    return Reply(tables.printed(row, _COLUMNS[kind]))


def list_all(kind: str, request: Request) -> Reply:
    return tables.page(request, _rows(kind, request).rows.values(), _COLUMNS[kind])


def delete(kind: str, request: Request) -> Reply:
    """Delete a row; with a requisite go its bank details and addresses."""
    rows, held = _rows(kind, request).rows, request.portal.held
    number = tables.existing(rows, request)["ID"]
    del rows[number]
    if kind == "requisites":
        for other in [n for n, r in held.bank_details.rows.items() if r["ENTITY_ID"] == number]:
            del held.bank_details.rows[other]
        for key in [key for key in held.addresses if key[1:] == (REQUISITE, number)]:
            del held.addresses[key]
    _tell(kind, request, "DELETE", number)
    return Reply(result=True)


def describe(kind: str, _request: Request) -> Reply:
    return Reply({name: _description(field.type) for name, field in _COLUMNS[kind].items()})


def add_address(request: Request) -> Reply:
    """Put an address of one type on a requisite or a lead; a second one of that type replaces it."""
    row = tables.given(request, _ADDRESS)
    key = _key(row)
    anchor = _anchor(request, *key[1:])
    if not key[0] or anchor is None:
        raise RestError("", "ENTITY_TYPE_ID or ENTITY_ID or TYPE_ID is not defined or invalid.")
    empty: Row = dict.fromkeys(_ADDRESS)
    row |= {"ANCHOR_TYPE_ID": anchor[0], "ANCHOR_ID": anchor[1]}
    request.portal.held.addresses[key] = empty | row
    return Reply(result=True)


def update_address(request: Request) -> Reply:
    row = tables.given(request, _ADDRESS)
    found = request.portal.held.addresses.get(_key(row))
    if found is None:
        raise RestError("", "Not found")
    found |= row
    return Reply(result=True)


def delete_address(request: Request) -> Reply:
    if request.portal.held.addresses.pop(_key(tables.given(request, _ADDRESS)), None) is None:
        raise RestError("", "Not found")
    return Reply(result=True)


def list_addresses(request: Request) -> Reply:
    return tables.page(request, request.portal.held.addresses.values(), _ADDRESS)


def _check_requisite(request: Request, row: Row) -> None:
    entity, number = php.to_int(row.get("ENTITY_TYPE_ID")), php.to_int(row.get("ENTITY_ID"))
    if entity not in (CONTACT, COMPANY):
        raise RestError("", "ENTITY_TYPE_ID is not defined or invalid.")
    if number <= 0:
        raise RestError("", "ENTITY_ID is not defined or invalid.")
    if php.to_int(row.get("PRESET_ID")) not in request.portal.held.presets.rows:
        raise RestError("", "PRESET_ID is not defined or invalid.")
    if request.portal.records[entity].get(number) is None:
        raise RestError("", "Entity not found.")


def _key(row: Row) -> tuple[int, int, int]:
    return (
        php.to_int(row.get("TYPE_ID")),
        php.to_int(row.get("ENTITY_TYPE_ID")),
        php.to_int(row.get("ENTITY_ID")),
    )


def _anchor(request: Request, entity: int, number: int) -> tuple[int, int] | None:
    if entity == LEAD and request.portal.records[LEAD].get(number):
        return LEAD, number
    row = request.portal.held.requisites.rows.get(number) if entity == REQUISITE else None
    return (row["ENTITY_TYPE_ID"], row["ENTITY_ID"]) if row else None


def _rows(kind: str, request: Request) -> Numbered:
    rows: Numbered = getattr(request.portal.held, kind)
    return rows


def _tell(kind: str, request: Request, what: str, number: int) -> None:
    if kind in _EVENTS:
        request.hit.event(f"ONCRM{_EVENTS[kind]}{what}", {"FIELDS": {"ID": number}})


def _description(kind: str) -> Row:
    return {"type": kind, "isRequired": False, "isReadOnly": False, "isImmutable": False, "isMultiple": False}


def _family(prefix: str, kind: str) -> list[Method]:
    actions = {"add": add, "update": update, "get": get, "list": list_all, "delete": delete}
    family = [Method(f"{prefix}.{name}", partial(action, kind), "crm") for name, action in actions.items()]
    return [*family, Method(f"{prefix}.fields", partial(describe, kind), "crm")]


METHODS = [
    *_family("crm.requisite", "requisites"),
    *_family("crm.requisite.bankdetail", "bank_details"),
    *_family("crm.requisite.preset", "presets"),
    Method("crm.address.add", add_address, "crm"),
    Method("crm.address.update", update_address, "crm"),
    Method("crm.address.delete", delete_address, "crm"),
    Method("crm.address.list", list_addresses, "crm"),
]
