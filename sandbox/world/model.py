"""The nouns of the stand-in: users, stages, applications, installations, tokens, robot runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class User:
    id: int
    name: str
    last_name: str
    email: str
    admin: bool = False
    active: bool = True
    system: bool = False
    # What those may do who are no administrators: "all", "own" or "none" by read, add, update, import.
    rights: dict[str, str] = field(default_factory=dict)

    def brief(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "last_name": self.last_name,
            "email": self.email,
            "admin": self.admin,
        }


@dataclass(slots=True)
class Status:
    """A row of a directory; deal stages are rows of `DEAL_STAGE` or `DEAL_STAGE_<pipeline>`."""

    id: int
    entity: str
    code: str
    name: str
    sort: int
    semantics: str | None = None
    color: str = "#39A8EF"
    category: int | None = None


@dataclass(slots=True)
class Category:
    id: int
    name: str
    sort: int


@dataclass(slots=True)
class Application:
    """An application card as its developer filled it in."""

    client_id: str
    client_secret: str
    title: str
    kind: str
    handler_url: str
    install_url: str | None
    event_url: str | None
    api_only: bool
    scopes: tuple[str, ...]
    portal: str | None
    version: int = 1
    market_status: str = "F"

    @property
    def status(self) -> str:
        return "L" if self.kind == "local" else self.market_status


@dataclass(slots=True)
class Binding:
    """A row of `placement.bind` or `event.bind`; `code` is the placement or the event.

    An event without a handler is kept in the offline queue under its `connector`.
    """

    id: int
    code: str
    handler: str
    user_id: int = 0
    title: str = ""
    description: str = ""
    languages: dict[str, dict[str, str]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    connector: str = ""
    woken_at: float = 0.0


@dataclass(slots=True)
class OfflineEvent:
    """A record of the offline queue: the last state of one object, not its history."""

    id: int
    at: float
    name: str
    data: Any
    user_id: int | None
    message_id: str
    connector: str
    process_id: str = ""
    error: int = 0


@dataclass(frozen=True, slots=True)
class OutgoingWebhook:
    """An event subscription that an administrator has made by hand, with a token of its own."""

    id: int
    event: str
    handler: str
    token: str


@dataclass(slots=True)
class Installation:
    """An application on one portal: tokens, robots and bindings hang on it.

    `paid` overrides the card's status, `access` is who may use it (`None`: everybody).
    """

    id: int
    application: Application
    application_token: str
    installer_id: int
    active: bool = True
    installed: bool = False
    version: int = 1
    robots: dict[str, dict[str, Any]] = field(default_factory=dict)
    placements: list[Binding] = field(default_factory=list)
    events: list[Binding] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    user_options: dict[int, dict[str, Any]] = field(default_factory=dict)
    opened_by: set[tuple[int, int]] = field(default_factory=set)
    activities: dict[str, dict[str, Any]] = field(default_factory=dict)
    offline: list[OfflineEvent] = field(default_factory=list)
    paid: str | None = None
    expired: bool = False
    days: int | None = None
    access: set[int] | None = None
    confirmed: dict[str, bool] = field(default_factory=dict)
    system_user: int | None = None

    @property
    def working(self) -> bool:
        return self.active and self.installed

    @property
    def status(self) -> str:
        return self.paid or self.application.status


@dataclass(slots=True)
class Token:
    """An access token with its refresh token; each belongs to a portal, an application and a user."""

    access: str
    refresh: str
    member_id: str
    client_id: str
    user_id: int
    expires: float
    refresh_expires: float
    hops: int = 0


@dataclass(slots=True)
class PlacedRobot:
    """A robot put on a stage in the automation settings; without a `client_id` it is a built-in one."""

    id: int
    category: int
    stage: str
    client_id: str
    code: str
    properties: dict[str, Any]
    wait: bool | None
    timeout: int
    run_as: int


@dataclass(slots=True)
class Run:
    """One robot at work on one deal."""

    id: str
    workflow_id: str
    event_token: str
    deal_id: int
    stage: str
    placed: PlacedRobot
    started_at: str
    state: str = "waiting"
    return_values: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    is_timeout: bool = False
    terminated: bool = False
    go_on: Callable[[], None] | None = None

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "deal_id": self.deal_id,
            "code": self.placed.code,
            "state": self.state,
            "return_values": self.return_values,
            "log": self.log,
            "is_timeout": self.is_timeout,
            "terminated": self.terminated,
            "started_at": self.started_at,
        }


@dataclass(slots=True)
class TimelineEntry:
    id: int
    kind: str
    entity: int
    entity_id: int
    author_id: int
    at: str
    text: str
    title: str | None = None
    icon: str | None = None
    client_id: str | None = None
    files: list[int] = field(default_factory=list)
