"""Timeline entries and the records they hang on."""

from typing import Any

from sandbox.crm import rights
from sandbox.crm.fields import type_name
from sandbox.crm.records import Item
from sandbox.rest.hit import Request
from sandbox.wire import moments, php
from sandbox.world.model import TimelineEntry
from sandbox.world.portal import Portal


def entity_by_name(portal: Portal, name: Any) -> int | None:
    """Read `deal`, `contact`, `dynamic_128` …"""
    wanted = php.to_text(name).upper()
    return next((entity for entity in portal.fields if type_name(entity) == wanted), None)


def owner(request: Request, entity: int | None, number: int, action: str) -> Item | None:
    """The record, if there is one and the caller may do this with it."""
    records = request.portal.records.get(entity) if entity is not None else None
    item = records.get(number) if records is not None else None
    return item if item is not None and rights.may(request.caller.user, action, item) else None


def add(request: Request, kind: str, entity: int, number: int, **values: Any) -> TimelineEntry:
    installation = request.caller.installation
    entry = TimelineEntry(
        id=request.portal.next_id(),
        kind=kind,
        entity=entity,
        entity_id=number,
        author_id=request.caller.user.id,
        at=moments.stamp(request.hit.now()),
        client_id=installation.application.client_id if installation else None,
        **values,
    )
    request.portal.timeline.append(entry)
    request.portal.held.bindings[entry.id].add((entity, number))
    return entry


def find(portal: Portal, kind: str, number: int) -> TimelineEntry | None:
    return next((e for e in reversed(portal.timeline) if e.id == number and e.kind == kind), None)


def of_record(portal: Portal, kind: str, entity: int | None, number: int) -> list[TimelineEntry]:
    """The entries of a record, those that are bound to it from elsewhere among them."""
    bindings = portal.held.bindings
    return [e for e in portal.timeline if e.kind == kind and (entity, number) in bindings.get(e.id, ())]


def remove(portal: Portal, entry: TimelineEntry) -> None:
    portal.timeline.remove(entry)
    portal.held.bindings.pop(entry.id, None)
