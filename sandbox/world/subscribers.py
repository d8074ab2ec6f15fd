"""Who hears of an event: bindings online and offline, and the administrators' outgoing webhooks."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.world.hits import Call, bare_auth, event_call
from sandbox.world.model import Binding, Installation, OfflineEvent

if TYPE_CHECKING:
    from sandbox.world.hits import Hit

Json = dict[str, Any]

MAX_HOPS = 7
_WAKE_UP = "ONOFFLINEEVENT"
_MIN_TIMEOUT = 1


def publish(hit: "Hit", events: list[tuple[str, Json]]) -> None:
    """Send what one hit has caused; a chain of hits that cause each other's events ends after seven."""
    if hit.hops >= MAX_HOPS:
        return
    for name, data in events:
        for hook in hit.portal.outgoing:
            if hook.event == name:
                hit.send(_hook_call(hit, name, data, hook.id, hook.handler, hook.token))
    for installation in _listening(hit):
        stored = [_tell(hit, installation, *each) for each in _bound(installation, events)]
        if any(stored):
            _wake(hit, installation)


def _bound(installation: Installation, events: list[tuple[str, Json]]) -> list[tuple[Binding, Json]]:
    return [(b, data) for name, data in events for b in installation.events if b.code == name]


def _wake(hit: "Hit", installation: Installation) -> None:
    """Tell that the offline queue has grown, no oftener than the application wants to be told."""
    for binding in installation.events:
        if binding.code == _WAKE_UP and binding.handler:
            pause = int(binding.options.get("minTimeout", _MIN_TIMEOUT))
            if hit.now() - binding.woken_at >= pause:
                binding.woken_at = hit.now()
                hit.send(_online(hit, installation, binding, {}, refresh=True))


def _listening(hit: "Hit") -> list[Installation]:
    if not hit.portal.licensed:
        return []
    return [i for i in hit.portal.installations.values() if i.working and not i.expired]


def _tell(hit: "Hit", installation: Installation, binding: Binding, data: Json) -> bool:
    """Send an event or store it; says whether it was stored."""
    if binding.handler:
        hit.send(_online(hit, installation, binding, data, refresh=binding.code == "ONAPPTEST"))
        return False
    own = hit.client_id == installation.application.client_id
    if binding.connector and own and hit.connector == binding.connector:
        return False
    store(installation, binding, data, at=hit.now(), user_id=hit.user_id, next_id=hit.portal.next_id)
    return True


def _online(hit: "Hit", installation: Installation, binding: Binding, data: Json, *, refresh: bool) -> Call:
    return event_call(
        hit.portal,
        installation,
        binding,
        data,
        ts=int(hit.now()),
        user_id=binding.user_id or hit.user_id,
        refresh=refresh,
        hops=hit.hops + 1,
    )


def _hook_call(hit: "Hit", name: str, data: Json, number: int, url: str, token: str) -> Call:
    form = {
        "event": name,
        "event_handler_id": number,
        "data": data,
        "ts": int(hit.now()),
        "auth": bare_auth(hit.portal, token),
    }
    return Call("webhook", name, hit.portal, None, url, form)


def store(
    installation: Installation,
    binding: Binding,
    data: Json,
    *,
    at: float,
    user_id: int | None,
    next_id: Callable[[], int],
) -> None:
    """Keep an event for an application to fetch; an equal one nobody works on is brought up to date."""
    text = f"{binding.code}|{json.dumps(data, separators=(',', ':'))}"
    message_id = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    for event in installation.offline:
        if (event.message_id, event.connector, event.process_id) == (message_id, binding.connector, ""):
            event.at, event.user_id = at, user_id
            return
    installation.offline.append(
        OfflineEvent(next_id(), at, binding.code, data, user_id, message_id, binding.connector)
    )
