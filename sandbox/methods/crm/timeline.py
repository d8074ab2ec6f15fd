"""Comments and log entries on the timeline of a record."""

from typing import Any

from sandbox.crm.fields import TYPE_NAMES
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError
from sandbox.world.model import TimelineEntry

_BY_NAME = {name.lower(): entity for entity, name in TYPE_NAMES.items()}


def add_comment(request: Request) -> Reply:
    """Add a comment; only lower-case `fields` is understood."""
    fields = request.params.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    entity = _BY_NAME.get(php.to_text(fields.get("ENTITY_TYPE")).lower())
    entity_id = php.to_int(fields.get("ENTITY_ID"))
    if entity is None or request.portal.records[entity].get(entity_id) is None:
        raise RestError("", "Owner was not found")
    if not fields.get("COMMENT"):
        raise RestError("", "Comment text is empty")
    entry = _add(request, "comment", entity, entity_id, text=php.to_text(fields["COMMENT"]))
    request.hit.event("ONCRMTIMELINECOMMENTADD", {"FIELDS": {"ID": entry.id}})
    return Reply(entry.id)


def list_comments(request: Request) -> Reply:
    wanted = {key.lstrip("=").upper(): value for key, value in php.pairs(request.get("filter"))}
    entity = _BY_NAME.get(php.to_text(wanted.get("ENTITY_TYPE")).lower())
    entity_id = php.to_int(wanted.get("ENTITY_ID"))
    rows = [
        {
            "ID": str(entry.id),
            "ENTITY_ID": str(entity_id),
            "ENTITY_TYPE": TYPE_NAMES[entry.entity].lower(),
            "CREATED": entry.at,
            "COMMENT": entry.text,
            "AUTHOR_ID": str(entry.author_id),
        }
        for entry in request.portal.timeline
        if entry.kind == "comment" and (entry.entity, entry.entity_id) == (entity, entity_id)
    ]
    if dict(listing.directions(request.get("order"))).get("ID"):
        rows.reverse()
    start = max(0, request.start())
    shown, total = listing.slice_of(rows, start)
    return listing.reply(shown, len(shown), total, start)


def add_log(request: Request) -> Reply:
    """Write a log entry: no event, no automation."""
    fields = request.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    entity, entity_id = php.to_int(fields.get("entityTypeId")), php.to_int(fields.get("entityId"))
    if entity not in TYPE_NAMES or request.portal.records[entity].get(entity_id) is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    for name in ("title", "text"):
        if not fields.get(name):
            raise RestError("REQUIRED_ARG_MISSING", f"Required fields: {name}")
    entry = _add(
        request,
        "log",
        entity,
        entity_id,
        text=php.to_text(fields["text"]),
        title=php.to_text(fields["title"]),
        icon=php.to_text(fields.get("iconCode") or "info"),
    )
    printed = {
        "id": entry.id,
        "created": entry.at,
        "authorId": entry.author_id,
        "title": entry.title,
        "text": entry.text,
        "iconCode": entry.icon,
    }
    return Reply({"logMessage": printed})


def _add(request: Request, kind: str, entity: int, entity_id: int, **values: Any) -> TimelineEntry:
    installation = request.caller.installation
    entry = TimelineEntry(
        id=request.portal.next_id(),
        kind=kind,
        entity=entity,
        entity_id=entity_id,
        author_id=request.caller.user.id,
        at=moments.stamp(request.hit.now()),
        client_id=installation.application.client_id if installation else None,
        **values,
    )
    request.portal.timeline.append(entry)
    return entry


METHODS = [
    Method("crm.timeline.comment.add", add_comment, "crm"),
    Method("crm.timeline.comment.list", list_comments, "crm"),
    Method("crm.timeline.logmessage.add", add_log, "crm"),
]
