"""Comments on the timeline of a record, with files, and to which records entries are bound."""

from typing import Any

from sandbox.crm.fields import type_name
from sandbox.holdings import files
from sandbox.holdings.state import StoredFile
from sandbox.methods import listing
from sandbox.methods.timeline import entries
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.model import TimelineEntry

Json = dict[str, Any]

_NOT_FOUND = RestError("", "Not found.")


def add(request: Request) -> Reply:
    """Add a comment; only lower-case `fields` is understood, the author is the caller."""
    fields = request.params.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    entity = entries.entity_by_name(request.portal, fields.get("ENTITY_TYPE"))
    number = php.to_int(fields.get("ENTITY_ID"))
    if entity is None or entries.owner(request, entity, number, "update") is None:
        raise RestError("", "Owner was not found")
    if not fields.get("COMMENT"):
        raise RestError("", "Comment text is empty")
    attached = _attached(request, fields.get("FILES"))
    entry = entries.add(
        request, "comment", entity, number, text=php.to_text(fields["COMMENT"]), files=attached
    )
    request.hit.event("ONCRMTIMELINECOMMENTADD", {"FIELDS": {"ID": entry.id}})
    return Reply(entry.id)


def update(request: Request) -> Reply:
    entry = _existing(request, "update")
    given = request.params.get("fields")
    fields = given if isinstance(given, dict) else {}
    if fields.get("COMMENT"):
        entry.text = php.to_text(fields["COMMENT"])
    if "FILES" in fields:
        entry.files = _attached(request, fields["FILES"])
    request.hit.event("ONCRMTIMELINECOMMENTUPDATE", {"FIELDS": {"ID": entry.id}})
    return Reply(result=True)


def delete(request: Request) -> Reply:
    entry = _existing(request, "update")
    entries.remove(request.portal, entry)
    request.hit.event("ONCRMTIMELINECOMMENTDELETE", {"FIELDS": {"ID": entry.id}})
    return Reply(result=True)


def get(request: Request) -> Reply:
    return Reply(_printed(request, _existing(request, "read")))


def list_all(request: Request) -> Reply:
    wanted = {key.lstrip("=").upper(): value for key, value in php.pairs(request.get("filter"))}
    entity = entries.entity_by_name(request.portal, wanted.get("ENTITY_TYPE"))
    number = php.to_int(wanted.get("ENTITY_ID"))
    found = entries.of_record(request.portal, "comment", entity, number)
    if entries.owner(request, entity, number, "read") is None:
        found = []
    if dict(listing.directions(request.get("order"))).get("ID"):
        found.reverse()
    start = max(0, request.start())
    shown, total = listing.slice_of(found, start)
    return listing.reply([_printed(request, entry) for entry in shown], len(shown), total, start)


def bind(request: Request) -> Reply:
    """Show an entry on another record too; `false` if it stands there already."""
    entry, place = _binding(request)
    bound = request.portal.held.bindings[entry.id]
    if place in bound:
        return Reply(result=False)
    bound.add(place)
    return Reply(result=True)


def unbind(request: Request) -> Reply:
    """Take an entry off a record; the last binding stays."""
    entry, place = _binding(request)
    bound = request.portal.held.bindings[entry.id]
    if place not in bound or len(bound) == 1:
        return Reply(result=False)
    bound.remove(place)
    return Reply(result=True)


def list_bindings(request: Request) -> Reply:
    wanted = {key.lstrip("=").upper(): value for key, value in php.pairs(request.get("filter"))}
    number = php.to_int(wanted.get("OWNER_ID"))
    if not number:
        raise RestError("", "OWNER_ID is not defined or invalid.")
    rows = [
        {"OWNER_ID": str(number), "ENTITY_ID": str(item), "ENTITY_TYPE": type_name(entity).lower()}
        for entity, item in sorted(request.portal.held.bindings.get(number, ()))
    ]
    return Reply(rows, len(rows))


def _binding(request: Request) -> tuple[TimelineEntry, tuple[int, int]]:
    given = request.get("fields")
    fields = given if isinstance(given, dict) else {}
    number, item = php.to_int(fields.get("OWNER_ID")), php.to_int(fields.get("ENTITY_ID"))
    entity = entries.entity_by_name(request.portal, fields.get("ENTITY_TYPE"))
    entry = next((e for e in request.portal.timeline if e.id == number), None)
    if entry is None or entity is None or entries.owner(request, entity, item, "update") is None:
        raise _NOT_FOUND
    return entry, (entity, item)


def _existing(request: Request, action: str) -> TimelineEntry:
    entry = entries.find(request.portal, "comment", request.legacy_id())
    if entry is None:
        raise _NOT_FOUND
    if entries.owner(request, entry.entity, entry.entity_id, action) is None:
        raise RestError("", "Access denied.")
    return entry


def _attached(request: Request, given: Any) -> list[int]:
    found = [files.decoded(item) for item in php.values(given)]
    author, now = request.caller.user.id, request.hit.now()
    return [files.store(request.portal, *new, author, now, timeline=True).id for new in found if new]


def _printed(request: Request, entry: TimelineEntry) -> Json:
    row: Json = {
        "ID": str(entry.id),
        "ENTITY_ID": str(entry.entity_id),
        "ENTITY_TYPE": type_name(entry.entity).lower(),
        "CREATED": entry.at,
        "COMMENT": entry.text,
        "AUTHOR_ID": str(entry.author_id),
    }
    if entry.files:
        stored = (request.portal.held.files[number] for number in entry.files)
        row["FILES"] = {str(file.id): _file(request, file) for file in stored}
    return row


def _file(request: Request, file: StoredFile) -> Json:
    user = request.portal.users.get(file.author_id)
    query = f"?&ncc=1&filename={file.name}"
    image = file.name.lower().endswith((".png", ".gif", ".jpg", ".jpeg"))
    return {
        "id": file.id,
        "date": file.at,
        "type": "image" if image else "file",
        "name": file.name,
        "size": len(file.content),
        "authorId": file.author_id,
        "authorName": f"{user.name} {user.last_name}" if user else "",
        "urlShow": f"{request.portal.url}/disk/showFile/{file.id}/{query}",
        "urlDownload": f"{request.portal.url}/disk/downloadFile/{file.id}/{query}",
    }


METHODS = [
    Method("crm.timeline.comment.add", add, "crm"),
    Method("crm.timeline.comment.update", update, "crm"),
    Method("crm.timeline.comment.delete", delete, "crm"),
    Method("crm.timeline.comment.get", get, "crm"),
    Method("crm.timeline.comment.list", list_all, "crm"),
    Method("crm.timeline.bindings.bind", bind, "crm"),
    Method("crm.timeline.bindings.unbind", unbind, "crm"),
    Method("crm.timeline.bindings.list", list_bindings, "crm"),
]
