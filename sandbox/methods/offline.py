"""`event.offline.*`: the queue of the last states that an application fetches instead of being called."""

import operator
import secrets
from collections.abc import Callable
from typing import Any

from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world import admission
from sandbox.world.model import Installation, OfflineEvent

Json = dict[str, Any]

_LIMIT = 50
_LIFETIME = 30 * 86400
_MESSAGE_ID = 32
_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "!": operator.ne,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_VISIBLE = ("ID", "TIMESTAMP_X", "EVENT_NAME", "MESSAGE_ID")
_INNER = ("PROCESS_ID", "ERROR")
_LISTED = (*_VISIBLE, *_INNER)


def fetch(request: Request) -> Reply:
    """Answer the first events and delete them, or (`clear=0`) keep them marked until they are confirmed."""
    installation = _administered(request)
    clear = php.to_int(request.get("clear", 1)) != 0
    process_id = request.get("process_id")
    if not clear and not admission.has(request.portal, admission.OFFLINE_EXTENDED):
        raise RestError("ACCESS_DENIED", "License does not allow: extended offline events handling", 403)
    limit = php.to_int(request.get("limit", _LIMIT))
    if limit <= 0:
        raise RestError("ERROR_ARGUMENT", "Value must be positive integer", argument="LIMIT")
    marked = "" if process_id is None else php.to_text(process_id).strip()
    wanted = int(php.to_int(request.get("error")) == 1)
    found = [e for e in _queue(request, installation) if (e.process_id, e.error) == (marked, wanted)]
    chosen = _ordered(request, _filtered(request, found, _VISIBLE), "TIMESTAMP_X")[:limit]
    mark = marked or secrets.token_hex(16)
    for event in chosen:
        event.process_id = mark
    if clear:
        installation.offline = [e for e in installation.offline if e not in chosen]
    shown = None if clear and process_id is None else mark
    events = [{name: value for name, value in _row(e).items() if name not in _INNER} for e in chosen]
    return Reply({"process_id": shown, "events": events})


def show(request: Request) -> Reply:
    """Look at the queue without touching it."""
    installation = _administered(request)
    found = _ordered(request, _filtered(request, _queue(request, installation), _LISTED), "ID")
    start = max(0, request.start())
    shown, total = listing.slice_of(found, start)
    return listing.reply([_row(event) for event in shown], len(shown), total, start)


def clear(request: Request) -> Reply:
    """Delete what a process has taken: all of it, or by `message_id`, or by `id`."""
    installation = _administered(request)
    process_id = _process(request)
    messages, ids = _list(request, "message_id"), _list(request, "id")
    if messages is not None and any(len(php.to_text(m)) != _MESSAGE_ID for m in messages):
        raise _wrong("message_id", "Value must be array of MESSAGE_ID values")
    done = [
        e
        for e in _queue(request, installation)
        if e.process_id == process_id
        and (messages is None or e.message_id in messages)
        and (messages is not None or ids is None or e.id in [php.to_int(number) for number in ids])
    ]
    installation.offline = [e for e in installation.offline if e not in done]
    return Reply(result=True)


def fail(request: Request) -> Reply:
    """Put events of a process back as erroneous; one record of each message remains."""
    installation = _administered(request)
    process_id = _process(request)
    messages = _list(request, "message_id")
    if messages is None:
        raise _wrong("message_id", "Value must be array of MESSAGE_ID values")
    touched = [e for e in _queue(request, installation) if e.message_id in messages and not e.error]
    for event in touched:
        if event.process_id == process_id:
            event.error, event.process_id = 1, ""
        else:
            installation.offline.remove(event)
    return Reply(result=True)


def _administered(request: Request) -> Installation:
    installation = request.caller.application
    if not request.caller.user.admin:
        raise access_denied()
    return installation


def _queue(request: Request, installation: Installation) -> list[OfflineEvent]:
    """The events of the calling source; those that a process took long ago are gone."""
    oldest = request.hit.now() - _LIFETIME
    installation.offline = [e for e in installation.offline if not e.process_id or e.at >= oldest]
    return [e for e in installation.offline if e.connector == request.hit.connector]


def _filtered(request: Request, events: list[OfflineEvent], known: tuple[str, ...]) -> list[OfflineEvent]:
    for key, wanted in php.pairs(request.get("filter")):
        name = key.lstrip("=!<>")
        compare = _OPERATIONS.get(key[: len(key) - len(name)])
        if name.upper() not in known or compare is None or isinstance(wanted, list | dict):
            raise _wrong("FILTER", f"Wrong filter field {key}")
        value = _comparable(name.upper(), wanted)
        events = [e for e in events if compare(_comparable(name.upper(), _row(e)[name.upper()]), value)]
    return events


def _ordered(request: Request, events: list[OfflineEvent], default: str) -> list[OfflineEvent]:
    for name, descending in reversed(listing.directions(request.get("order")) or [(default, False)]):
        if name.upper() not in _LISTED:
            raise _wrong("ORDER", f"Wrong order field {name}")
        events = sorted(
            events, key=lambda e: _comparable(name.upper(), _row(e)[name.upper()]), reverse=descending
        )
    return events


def _comparable(name: str, value: Any) -> Any:
    return php.to_int(value) if name in ("ID", "ERROR") else php.to_text(value)


def _row(event: OfflineEvent) -> Json:
    return {
        "ID": str(event.id),
        "TIMESTAMP_X": moments.stamp(event.at),
        "EVENT_NAME": event.name,
        "EVENT_DATA": event.data or False,
        "EVENT_ADDITIONAL": {"user_id": str(event.user_id)} if event.user_id else False,
        "MESSAGE_ID": event.message_id,
        "PROCESS_ID": event.process_id,
        "ERROR": str(event.error),
    }


def _process(request: Request) -> str:
    value = request.get("process_id")
    if value is None:
        raise RestError("ERROR_ARGUMENT", "Argument 'PROCESS_ID' is null or empty", argument="PROCESS_ID")
    return php.to_text(value).strip()


def _list(request: Request, name: str) -> list[Any] | None:
    value = request.get(name)
    if value is None:
        return None
    if not isinstance(value, list | dict):
        raise _wrong(name, "Value must be an array")
    return php.values(value)


def _wrong(argument: str, text: str) -> RestError:
    return RestError("ERROR_ARGUMENT", text, argument=argument)


METHODS = [
    Method("event.offline.get", fetch),
    Method("event.offline.list", show),
    Method("event.offline.clear", clear),
    Method("event.offline.error", fail),
]
