"""`crm.activity.*`: calls, meetings, to-dos and what applications add, in the older family's shapes."""

from typing import Any

from sandbox.methods import tables
from sandbox.methods.timeline import entries
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError

Row = dict[str, Any]

CONFIGURABLE = "CONFIGURABLE_REST_APP"
COLUMNS = tables.columns(
    "ID:integer OWNER_ID:integer OWNER_TYPE_ID:integer TYPE_ID:integer PROVIDER_ID PROVIDER_TYPE_ID"
    " PROVIDER_GROUP_ID ASSOCIATED_ENTITY_ID:integer SUBJECT CREATED:datetime LAST_UPDATED:datetime"
    " START_TIME:datetime END_TIME:datetime DEADLINE:datetime COMPLETED STATUS:integer RESPONSIBLE_ID:user"
    " PRIORITY:integer NOTIFY_TYPE:integer NOTIFY_VALUE:integer DESCRIPTION DESCRIPTION_TYPE:integer"
    " DIRECTION:integer LOCATION SETTINGS ORIGINATOR_ID ORIGIN_ID AUTHOR_ID:user EDITOR_ID:user"
    " PROVIDER_PARAMS PROVIDER_DATA RESULT_MARK:integer RESULT_VALUE RESULT_SUM RESULT_CURRENCY_ID"
    " RESULT_STATUS:integer RESULT_STREAM:integer RESULT_SOURCE_ID AUTOCOMPLETE_RULE:integer"
)
_READ_ONLY = frozenset({"CREATED", "LAST_UPDATED", "AUTHOR_ID", "EDITOR_ID", "DEADLINE"})
_EXTRA = ("COMMUNICATIONS", "FILES")
_MEETING, _CALL, _EMAIL, _PROVIDER = 1, 2, 4, 6


def add(request: Request) -> Reply:
    """Create an activity of the older kinds."""
    fields = _fields(request)
    kind = fields.get("TYPE_ID")
    checks = (
        (not kind, "The field TYPE_ID is not defined or invalid."),
        (not fields.get("SUBJECT"), "The field SUBJECT is not defined or empty."),
        (not fields.get("RESPONSIBLE_ID"), "The field RESPONSIBLE_ID is not defined or invalid."),
        (
            kind in (_CALL, _EMAIL) and not fields.get("COMMUNICATIONS"),
            "The field COMMUNICATIONS is not defined or invalid.",
        ),
        (
            kind == _PROVIDER and not fields.get("PROVIDER_ID"),
            "The custom activity without provider is not supported in current context.",
        ),
        (
            fields.get("PROVIDER_ID") == CONFIGURABLE,
            "Use crm.activity.configurable.add for this activity provider.",
        ),
        (
            fields.get("PROVIDER_ID") == "REST_APP" and request.caller.installation is None,
            "Application context required.",
        ),
    )
    for wrong, text in checks:
        if wrong:
            raise RestError("", text)
    owner = entries.owner(request, fields.get("OWNER_TYPE_ID"), php.to_int(fields.get("OWNER_ID")), "update")
    if owner is None:
        text = (
            "Could not build binding. Please ensure that owner info and communications are defined correctly."
        )
        raise RestError("", text)
    fields["DEADLINE"] = fields.get("START_TIME") if kind in (_MEETING, _CALL) else fields.get("END_TIME")
    return Reply(create(request, fields)["ID"])


def update(request: Request) -> Reply:
    row = _existing(request, "update")
    change(request, row, _fields(request))
    return Reply(result=True)


def get(request: Request) -> Reply:
    row = _existing(request, "read")
    return Reply(tables.printed(row, COLUMNS) | {name: row.get(name) or [] for name in _EXTRA})


def delete(request: Request) -> Reply:
    row = _existing(request, "update")
    del request.portal.held.activities.rows[row["ID"]]
    request.hit.event("ONCRMACTIVITYDELETE", {"FIELDS": {"ID": row["ID"]}})
    return Reply(result=True)


def list_all(request: Request) -> Reply:
    """List activities; `BINDINGS` in the filter names records of which one must be bound."""
    low = {name.upper(): value for name, value in php.pairs(request.get("filter"))}
    bound = [b for b in php.values(low.get("BINDINGS")) if isinstance(b, dict)]
    chosen = {php.to_text(name).upper() for name in php.values(request.get("select"))}

    def fits(row: Row) -> bool:
        owner, number = row["OWNER_TYPE_ID"], row["OWNER_ID"]
        if entries.owner(request, owner, number, "read") is None:
            return False
        return not bound or any(
            all(php.to_int(value) == row.get(name) for name, value in binding.items()) for binding in bound
        )

    def show(row: Row) -> Row:
        extra = {name: row.get(name) or [] for name in _EXTRA if name in chosen}
        return tables.printed(row, COLUMNS, chosen) | extra

    return tables.page(request, request.portal.held.activities.rows.values(), COLUMNS, also=fits, shown=show)


def describe(_request: Request) -> Reply:
    return Reply({name: {"type": c.type, "isReadOnly": name in _READ_ONLY} for name, c in COLUMNS.items()})


def add_todo(request: Request) -> Reply:
    """Create a universal activity with a deadline."""
    entity, number = request.integer("ownerTypeId"), request.integer("ownerId")
    given = request.get("deadline")
    if given is None:
        raise RestError("100", "Could not find value for parameter {deadline}")
    deadline = moments.parse(given)
    if deadline is None:
        raise RestError("WRONG_DATETIME_FORMAT", "Wrong datetime format")
    if entries.owner(request, entity, number, "update") is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    fields = {
        "OWNER_TYPE_ID": entity,
        "OWNER_ID": number,
        "TYPE_ID": _PROVIDER,
        "PROVIDER_ID": "CRM_TODO",
        "PROVIDER_TYPE_ID": "TODO",
        "SUBJECT": php.to_text(request.get("title")),
        "DESCRIPTION": php.to_text(request.get("description")),
        "DEADLINE": deadline,
        "RESPONSIBLE_ID": php.to_int(request.get("responsibleId")) or request.caller.user.id,
    }
    return Reply({"id": create(request, fields)["ID"]})


def create(request: Request, fields: Row) -> Row:
    """Store an activity and tell of it."""
    moment, user = moments.stamp(request.hit.now()), request.caller.user.id
    zeros = dict.fromkeys(("ASSOCIATED_ENTITY_ID", "RESULT_MARK", "RESULT_STATUS", "RESULT_STREAM"), 0)
    row = dict.fromkeys(COLUMNS) | zeros
    row |= {"COMPLETED": "N", "STATUS": 1, "PRIORITY": 2, "DIRECTION": 0, "DESCRIPTION_TYPE": 1}
    row |= {"SETTINGS": [], "PROVIDER_PARAMS": [], "DESCRIPTION": "", "LOCATION": ""}
    row |= {"CREATED": moment, "LAST_UPDATED": moment, "AUTHOR_ID": user, "EDITOR_ID": user}
    row |= {"START_TIME": moment, "END_TIME": moment, "AUTOCOMPLETE_RULE": 0} | fields
    row["STATUS"] = 2 if row["COMPLETED"] == "Y" else row["STATUS"]
    del row["ID"]
    held = request.portal.held.activities
    number = held.add(row)
    request.hit.event("ONCRMACTIVITYADD", {"FIELDS": {"ID": number}})
    return held.rows[number]


def change(request: Request, row: Row, fields: Row) -> None:
    row |= {name: value for name, value in fields.items() if name not in _READ_ONLY or name == "DEADLINE"}
    row["STATUS"] = 2 if row["COMPLETED"] == "Y" else 1
    row |= {"LAST_UPDATED": moments.stamp(request.hit.now()), "EDITOR_ID": request.caller.user.id}
    request.hit.event("ONCRMACTIVITYUPDATE", {"FIELDS": {"ID": row["ID"]}})


def _fields(request: Request) -> Row:
    fields = tables.given(request, COLUMNS)
    raw = {name.upper(): value for name, value in php.pairs(request.get("fields"))}
    kept = {name: value for name, value in fields.items() if name not in _READ_ONLY}
    if "COMMUNICATIONS" in raw:
        kept["COMMUNICATIONS"] = php.values(raw["COMMUNICATIONS"])
    return kept


def _existing(request: Request, action: str) -> Row:
    row = request.portal.held.activities.rows.get(request.legacy_id())
    if row is None:
        raise RestError("", "Not found")
    if entries.owner(request, row["OWNER_TYPE_ID"], row["OWNER_ID"], action) is None:
        raise RestError("", "Access denied.")
    return row


METHODS = [
    Method("crm.activity.add", add, "crm"),
    Method("crm.activity.update", update, "crm"),
    Method("crm.activity.get", get, "crm"),
    Method("crm.activity.delete", delete, "crm"),
    Method("crm.activity.list", list_all, "crm"),
    Method("crm.activity.fields", describe, "crm"),
    Method("crm.activity.todo.add", add_todo, "crm"),
]
