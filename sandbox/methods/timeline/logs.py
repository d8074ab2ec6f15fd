"""Log entries: a line on the timeline that changes nothing else."""

from typing import Any

from sandbox.methods import listing
from sandbox.methods.timeline import entries
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.model import TimelineEntry

PAGE = 10


def add(request: Request) -> Reply:
    """Write a log entry: no event, no automation."""
    fields = request.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    entity, number = php.to_int(fields.get("entityTypeId")), php.to_int(fields.get("entityId"))
    if entries.owner(request, entity, number, "update") is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    for name in ("title", "text"):
        if not fields.get(name):
            raise RestError("REQUIRED_ARG_MISSING", f"Required fields: {name}")
    entry = entries.add(
        request,
        "log",
        entity,
        number,
        text=php.to_text(fields["text"]),
        title=php.to_text(fields["title"]),
        icon=php.to_text(fields.get("iconCode") or "info"),
    )
    return Reply({"logMessage": _printed(entry)})


def get(request: Request) -> Reply:
    return Reply({"logMessage": _printed(_existing(request))})


def list_all(request: Request) -> Reply:
    """List the entries of a record, newest first, in pages of 10."""
    entity, number = request.integer("entityTypeId"), request.integer("entityId")
    if entries.owner(request, entity, number, "read") is None:
        raise RestError("ACCESS_DENIED", "Access denied")
    found = entries.of_record(request.portal, "log", entity, number)
    order = listing.directions(request.get("order"))
    if not order or order[0][1]:
        found.reverse()
    start = max(0, request.start())
    shown = found[start : start + PAGE]
    return listing.reply([_printed(entry) for entry in shown], len(shown), len(found), start)


def delete(request: Request) -> Reply:
    """Only an administrator may, through the application that has written the entry."""
    entry = _existing(request)
    installation = request.caller.installation
    same = installation is not None and installation.application.client_id == entry.client_id
    if not same or not request.caller.user.admin:
        raise RestError("ACCESS_DENIED", "Access denied")
    entries.remove(request.portal, entry)
    return Reply(None)


def _existing(request: Request) -> TimelineEntry:
    entry = entries.find(request.portal, "log", request.integer("id"))
    if entry is None:
        raise RestError("NOT_FOUND", "Not found")
    if entries.owner(request, entry.entity, entry.entity_id, "read") is None:
        raise RestError("ACCESS_DENIED", "Access denied")
    return entry


def _printed(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "created": entry.at,
        "authorId": entry.author_id,
        "title": entry.title,
        "text": entry.text,
        "iconCode": entry.icon,
    }


METHODS = [
    Method("crm.timeline.logmessage.add", add, "crm"),
    Method("crm.timeline.logmessage.get", get, "crm"),
    Method("crm.timeline.logmessage.list", list_all, "crm"),
    Method("crm.timeline.logmessage.delete", delete, "crm"),
]
