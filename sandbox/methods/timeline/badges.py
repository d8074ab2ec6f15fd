"""What applications register for their activities: badges on cards, and types of configurable activities."""

from typing import Any

from sandbox.methods.timeline.layouts import TAG_WORDS
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

_NAMES = ("code", "title", "value", "type")


def add_badge(request: Request) -> Reply:
    """Register a badge, or describe a known one anew."""
    row: dict[str, Any] = {}
    for name in _NAMES:
        row[name] = request.get(name)
        if row[name] in (None, ""):
            raise RestError("100", f"Could not find value for parameter {{{name}}}")
    if row["type"] not in TAG_WORDS:
        raise RestError("INVALID_ARG_VALUE", "Wrong badge type")
    request.portal.held.badges[php.to_text(row["code"])] = row
    return Reply({"badge": row})


def get_badge(request: Request) -> Reply:
    row = request.portal.held.badges.get(php.to_text(request.get("code")))
    if row is None:
        raise RestError("NOT_FOUND", "Not found.")
    return Reply({"badge": row})


def list_badges(request: Request) -> Reply:
    return Reply({"badges": list(request.portal.held.badges.values())})


def delete_badge(request: Request) -> Reply:
    if request.portal.held.badges.pop(php.to_text(request.get("code")), None) is None:
        raise RestError("NOT_FOUND", "Not found.")
    return Reply(None)


def add_type(request: Request) -> Reply:
    """Register a type of activities; configurable ones need `IS_CONFIGURABLE_TYPE`."""
    types, fields = _types(request), request.get("fields")
    given = {name.upper(): value for name, value in php.pairs(fields)}
    code = php.to_text(given.get("TYPE_ID"))
    if not code:
        raise RestError("", "TYPE_ID is not defined or empty.")
    if code in types:
        raise RestError("", "Application type already exists.")
    configurable = "Y" if given.get("IS_CONFIGURABLE_TYPE") == "Y" else "N"
    types[code] = {"TYPE_ID": code, "NAME": given.get("NAME") or code, "IS_CONFIGURABLE_TYPE": configurable}
    return Reply(result=True)


def list_types(request: Request) -> Reply:
    return Reply(list(_types(request).values()))


def delete_type(request: Request) -> Reply:
    if _types(request).pop(php.to_text(request.get("TYPE_ID")), None) is None:
        raise RestError("", "Application type not found.")
    return Reply(result=True)


def _types(request: Request) -> dict[str, dict[str, Any]]:
    if request.caller.installation is None:
        raise RestError("", "Application context required.")
    client_id = request.caller.installation.application.client_id
    return request.portal.held.activity_types[client_id]


METHODS = [
    Method("crm.activity.badge.add", add_badge, "crm"),
    Method("crm.activity.badge.get", get_badge, "crm"),
    Method("crm.activity.badge.list", list_badges, "crm"),
    Method("crm.activity.badge.delete", delete_badge, "crm"),
    Method("crm.activity.type.add", add_type, "crm"),
    Method("crm.activity.type.list", list_types, "crm"),
    Method("crm.activity.type.delete", delete_type, "crm"),
]
