"""What an extension is and what it is handed: robots, events and pages know the engine only through this."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from application.bitrix.forms import EventForm
from application.directory import Directory
from application.installation import Installations
from application.model import Delivery, Portal, RobotCall, Route, Step
from application.portal_api import PortalApi
from application.store.links import Links
from application.store.registrations import Registrations
from mappings.model import Mapping

Texts = dict[str, str]
"""A text by language: {"en": …, "ru": …}."""


@dataclass(frozen=True, slots=True)
class Property:
    """A robot's input or return value, as `bizproc.robot.add` describes it (bitrix24-app-protocol 4.2)."""

    name: str
    title: Texts
    type: str = "string"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a robot's run came to; `values` go back to a waiting robot, `log` into its process log."""

    log: str
    values: dict[str, str] = field(default_factory=dict)
    hub_deal_id: str | None = None


class Journal:
    """The steps of one run, written when the run is closed; also the facts that the log shows of the deal."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.title: str | None = None
        self.amount: str | None = None
        self.currency: str | None = None

    def add(self, kind: str, code: str, *, took_ms: int | None = None, **params: Any) -> None:
        self.steps.append(Step(datetime.now(UTC), kind, code, params, took_ms))


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a robot's run may touch, bound to its partner, its hub and its delivery."""

    delivery: Delivery
    partner: Portal
    hub: Portal
    route: Route
    mapping: Mapping
    source: PortalApi
    target: PortalApi
    links: Links
    directory: Directory
    journal: Journal
    portal_deadline: float
    """Seconds a portal may go on working on a request that we lost."""


@dataclass(frozen=True, slots=True)
class Robot:
    """An automation rule of ours; what the portal is told is derived from this."""

    code: str
    title: Texts
    description: Texts
    run: Callable[[RobotCall, Context], Awaitable[Outcome]]
    waits: bool
    properties: tuple[Property, ...] = ()
    returns: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """What an event's handler may touch."""

    installations: Installations
    registrations: Registrations


@dataclass(frozen=True, slots=True)
class Event:
    """A Bitrix24 event we answer; `bind` is False for those that Bitrix24 sends without a subscription.

    `portal` is None only where `first_contact` is True and nobody knows the portal yet.
    """

    code: str
    run: Callable[[EventForm, Portal | None, LifeCycle], Awaitable[None]]
    bind: bool = True
    first_contact: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """A place in the portal where one of our pages opens."""

    code: str
    page: str
    title: Texts


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that `registration` brings a portal to, with absolute addresses."""

    robots: tuple[Robot, ...]
    events: tuple[Event, ...]
    placements: tuple[Placement, ...]
    scopes: tuple[str, ...]
    public_url: str

    @property
    def robot_url(self) -> str:
        return f"{self.public_url}/b24/robot"

    @property
    def event_url(self) -> str:
        return f"{self.public_url}/b24/event"

    def page_url(self, page: str) -> str:
        return f"{self.public_url}/app/{page}"
