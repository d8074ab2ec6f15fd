"""What one hit leaves to be sent afterwards: events, each once, and calls of robots."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.world.model import Application, Binding, Installation
from sandbox.world.portal import Portal

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One delivery of the queue server; `name` is the event or the robot's code.

    `user_id` is whose tokens to mint at delivery (`None`: none). `form` has everything but the tokens.
    """

    kind: str
    name: str
    portal: Portal
    application: Application | None
    url: str
    form: Json
    user_id: int | None = None
    refresh: bool = False
    hops: int = 0


@dataclass(slots=True)
class Hit:
    """One request to a portal; `user_id` is who acts, `None` stands for automation.

    `entered` are the deals that came to a stage; `automation` starts the robots there. `client_id` and
    `connector` say which application calls, and for which of its sources; `hops` counts the events that
    have led to this hit.
    """

    portal: Portal
    user_id: int | None
    send: Callable[[Call], None]
    now: Callable[[], float]
    automation: Callable[[Portal, Json], None] = lambda _portal, _item: None
    publish: Callable[["Hit", list[tuple[str, Json]]], None] = lambda _hit, _events: None
    client_id: str = ""
    connector: str = ""
    hops: int = 0
    entered: list[Json] = field(default_factory=list)
    _events: dict[tuple[str, str], Json] = field(default_factory=dict)

    def event(self, name: str, data: Json) -> None:
        """Remember an event; an equal one of the same hit is collapsed into it."""
        self._events[name, repr(data)] = data

    def close(self) -> None:
        """Start the automation of stages that deals entered, hand the events to the queue server."""
        for item in self.entered:
            self.automation(self.portal, item)
        self.entered.clear()
        if self._events:
            self.publish(self, [(name, data) for (name, _), data in self._events.items()])
        self._events.clear()


def event_call(
    portal: Portal,
    installation: Installation,
    binding: Binding,
    data: Json,
    *,
    ts: int,
    user_id: int | None,
    refresh: bool = False,
    hops: int = 0,
) -> Call:
    form = {
        "event": binding.code,
        "event_handler_id": binding.id,
        "data": data,
        "ts": ts,
        "auth": bare_auth(portal, installation.application_token),
    }
    return Call(
        "event",
        binding.code,
        portal,
        installation.application,
        binding.handler,
        form,
        user_id,
        refresh,
        hops,
    )


def bare_auth(portal: Portal, application_token: str | None) -> Json:
    """The `auth` keys that every call has; the authorization server's address is added at delivery."""
    return {"domain": portal.domain, "member_id": portal.member_id, "application_token": application_token}
