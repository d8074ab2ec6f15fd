"""`crm.activity.configurable.*`: activities whose look and buttons an application describes."""

from typing import Any

from sandbox.methods.timeline import activities, entries, layouts
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError

Row = dict[str, Any]

_FLAGS = {"completed": "COMPLETED", "isIncomingChannel": "IS_INCOMING_CHANNEL"}
_TEXTS = {"originatorId": "ORIGINATOR_ID", "originId": "ORIGIN_ID"}
_YES = (True, 1, "1", "Y", "true")
_NO = (False, 0, "0", "N", "false")


def add(request: Request) -> Reply:
    """Create an activity; only the application that did may change it."""
    client_id = _client(request)
    entity, number = request.integer("ownerTypeId"), request.integer("ownerId")
    fields, layout = request.get("fields"), request.get("layout")
    if not isinstance(fields, dict | list):
        raise RestError("100", "Could not find value for parameter {fields}")
    if not layout:
        raise RestError("ERROR_EMPTY_LAYOUT", "Layout must be filled")
    columns = _columns(request, fields)
    layouts.check(layout)
    if entries.owner(request, entity, number, "update") is None:
        raise RestError("NOT_FOUND", "Not found.")
    title = layout["header"]["title"]
    row = {
        "OWNER_TYPE_ID": entity,
        "OWNER_ID": number,
        "TYPE_ID": 6,
        "PROVIDER_ID": activities.CONFIGURABLE,
        "PROVIDER_TYPE_ID": "CONFIGURABLE",
        "SUBJECT": php.to_text(next(iter(title.values()), "") if isinstance(title, dict) else title),
        "RESPONSIBLE_ID": request.caller.user.id,
        "CLIENT_ID": client_id,
        "LAYOUT": layout,
        "LOCKED": None,
    }
    made = activities.create(request, row | columns)
    return Reply({"activity": {"id": made["ID"]}})


def update(request: Request) -> Reply:
    """Change fields, the layout as a whole, or both; a button that waits for this is free again."""
    client_id, row = _client(request), _existing(request, "update")
    if row["CLIENT_ID"] != client_id:
        text = "The activity can only be updated by the application that created it"
        raise RestError("ERROR_WRONG_APPLICATION", text)
    fields, layout = request.get("fields"), request.get("layout")
    columns = _columns(request, fields if isinstance(fields, dict) else {})
    if columns.get("PROVIDER_TYPE_ID", row["PROVIDER_TYPE_ID"]) != row["PROVIDER_TYPE_ID"]:
        raise RestError("CANT_CHANGE_PROVIDER_TYPE_ID", "The activity type cannot be changed")
    if layout:
        layouts.check(layout)
        columns["LAYOUT"] = layout
    activities.change(request, row, columns | {"LOCKED": None})
    return Reply({"activity": {"id": row["ID"]}})


def get(request: Request) -> Reply:
    _client(request)
    row = _existing(request, "read")
    return Reply(
        {
            "activity": {
                "id": row["ID"],
                "ownerTypeId": row["OWNER_TYPE_ID"],
                "ownerId": row["OWNER_ID"],
                "fields": {
                    "typeId": row["PROVIDER_TYPE_ID"],
                    "completed": row["COMPLETED"] == "Y",
                    "deadline": row["DEADLINE"],
                    "pingOffsets": row.get("PING_OFFSETS") or [],
                    "isIncomingChannel": row.get("IS_INCOMING_CHANNEL") or "N",
                    "responsibleId": row["RESPONSIBLE_ID"],
                    "badgeCode": row.get("BADGE_CODE"),
                    "originatorId": row["ORIGINATOR_ID"],
                    "originId": row["ORIGIN_ID"],
                },
                "layout": row["LAYOUT"],
            }
        }
    )


def _client(request: Request) -> str:
    if request.caller.installation is None:
        raise RestError("ERROR_WRONG_CONTEXT", "Application context required")
    return request.caller.installation.application.client_id


def _existing(request: Request, action: str) -> Row:
    row = request.portal.held.activities.rows.get(request.integer("id"))
    if row is None or row["PROVIDER_ID"] != activities.CONFIGURABLE:
        raise RestError("NOT_FOUND", "Not found.")
    if entries.owner(request, row["OWNER_TYPE_ID"], row["OWNER_ID"], action) is None:
        raise RestError("ACCESS_DENIED", "Access denied")
    return row


def _columns(request: Request, fields: Any) -> Row:
    """Translate the fields, refusing values of a wrong sort by name."""
    given = dict(php.pairs(fields))
    row: Row = {column: _flag(name, given[name]) for name, column in _FLAGS.items() if name in given}
    row |= {column: php.to_text(given[name]) for name, column in _TEXTS.items() if name in given}
    row |= _deadline(given.get("deadline"), incoming=row.get("IS_INCOMING_CHANNEL") == "Y")
    if "pingOffsets" in given:
        if not isinstance(given["pingOffsets"], list):
            raise _wrong("pingOffsets")
        row["PING_OFFSETS"] = [php.to_int(value) for value in given["pingOffsets"]]
    if "responsibleId" in given:
        row["RESPONSIBLE_ID"] = php.to_int(given["responsibleId"])
        if row["RESPONSIBLE_ID"] <= 0:
            raise _wrong("responsibleId")
    if given.get("badgeCode"):
        row["BADGE_CODE"] = _badge(request, php.to_text(given["badgeCode"]))
    if "typeId" in given:
        row["PROVIDER_TYPE_ID"] = _type(request, given["typeId"])
    return row


def _badge(request: Request, code: str) -> str:
    if code not in request.portal.held.badges:
        raise _wrong("badgeCode")
    return code


def _type(request: Request, code: Any) -> str:
    """A type must be the ordinary one or one that this application has registered for the purpose."""
    known = request.portal.held.activity_types[_client(request)].get(php.to_text(code))
    if code != "CONFIGURABLE" and (known is None or known["IS_CONFIGURABLE_TYPE"] != "Y"):
        raise _wrong("typeId")
    return php.to_text(code)


def _deadline(value: Any, *, incoming: bool) -> Row:
    if not value:
        return {}
    if incoming:
        text = "Incoming activity cannot have a deadline"
        raise RestError("INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE", text)
    moment = moments.parse(value)
    if moment is None:
        raise _wrong("deadline")
    return {"DEADLINE": moment}


def _flag(name: str, value: Any) -> str:
    if value in _YES:
        return "Y"
    if value in _NO:
        return "N"
    raise _wrong(name)


def _wrong(name: str) -> RestError:
    return RestError("WRONG_FIELD_VALUE", f"Wrong value of the field {name}")


METHODS = [
    Method("crm.activity.configurable.add", add, "crm"),
    Method("crm.activity.configurable.update", update, "crm"),
    Method("crm.activity.configurable.get", get, "crm"),
]
