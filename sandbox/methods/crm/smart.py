"""`crm.type.*`: the smart processes of the portal."""

from typing import Any

from sandbox.crm.fields import FIRST_DYNAMIC
from sandbox.holdings import kinds
from sandbox.holdings.state import Kind
from sandbox.methods import listing, tables
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

Json = dict[str, Any]

_OFF = ["isDocumentsEnabled", "isRecyclebinEnabled", "isBizProcEnabled", "isPaymentsEnabled"]
_OFF += ["isMycompanyEnabled", "isCountersEnabled", "isUseInUserfieldEnabled"]
_ON = ["isCategoriesEnabled", "isStagesEnabled", "isBeginCloseDatesEnabled", "isClientEnabled"]
_ON += ["isLinkWithProductsEnabled", "isSourceEnabled", "isObserversEnabled", "isAutomationEnabled"]
_ON += ["isSetOpenPermissions"]
_COLUMNS = tables.columns("id:integer title code entityTypeId:integer createdBy:user " + " ".join(_ON + _OFF))


def list_types(request: Request) -> Reply:
    _administrator(request)
    known = {name.upper(): column for name, column in _COLUMNS.items()}
    for name, _ in php.pairs(request.get("filter")):
        if name.lstrip("<>=!@%").upper() not in known:
            raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
    rows = [_printed(kind) for kind in request.portal.held.kinds.values() if kind.entity >= FIRST_DYNAMIC]
    reply = tables.page(request, rows, known, shown=lambda row: row)
    return listing.reply({"types": reply.result}, len(reply.result), reply.total, max(0, request.start()))


def get(request: Request) -> Reply:
    number = request.integer("id")
    return _one(request, lambda kind: kind.id == number)


def get_by_entity(request: Request) -> Reply:
    number = request.integer("entityTypeId")
    return _one(request, lambda kind: kind.entity == number)


def add(request: Request) -> Reply:
    _administrator(request)
    fields = request.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    if not fields.get("title"):
        raise RestError("CRM_FIELD_ERROR_REQUIRED", 'The "title" field is required')
    entity = php.to_int(fields.get("entityTypeId")) or None
    kind = kinds.add(request.portal, php.to_text(fields["title"]), entity, request.hit.now())
    request.hit.event("ONCRMTYPEADD", {"FIELDS": {"ID": kind.id}})
    return Reply({"type": _printed(kind)})


def _one(request: Request, wanted: Any) -> Reply:
    _administrator(request)
    for kind in request.portal.held.kinds.values():
        if kind.entity >= FIRST_DYNAMIC and wanted(kind):
            return Reply({"type": _printed(kind)})
    raise RestError("NOT_FOUND", "Smart process not found")


def _administrator(request: Request) -> None:
    if not request.caller.user.admin:
        raise RestError("ACCESS_DENIED", "Access denied")


def _printed(kind: Kind) -> Json:
    return {
        "id": kind.id,
        "title": kind.title,
        "code": "",
        "createdBy": 1,
        "entityTypeId": kind.entity,
        "customSectionId": None,
        **dict.fromkeys(_ON, "Y"),
        **dict.fromkeys(_OFF, "N"),
        "createdTime": kind.at,
        "updatedTime": kind.at,
        "updatedBy": 1,
    }


METHODS = [
    Method("crm.type.list", list_types, "crm"),
    Method("crm.type.get", get, "crm"),
    Method("crm.type.getbyentitytypeid", get_by_entity, "crm"),
    Method("crm.type.add", add, "crm"),
]
