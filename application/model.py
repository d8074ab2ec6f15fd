"""The nouns of the bridge, frozen."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class PortalState(StrEnum):
    """`installing` until Bitrix24 says the installation is finished; `parked` until a person acts."""

    INSTALLING = "installing"
    ACTIVE = "active"
    PARKED = "parked"
    UNINSTALLED = "uninstalled"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    DEAD = "dead"
    CANCELLED = "cancelled"


class LinkState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"


class ReentryPolicy(StrEnum):
    """What happens when a deal enters the guarded stage again."""

    UPDATE = "update"
    IGNORE = "ignore"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Application:
    """One registration of our app at Bitrix24: the market app, or a local app of one portal."""

    id: UUID
    client_id: str
    client_secret: str = field(repr=False)
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Portal:
    """One Bitrix24 account with our app on it; `member_id` is its identity, `domain` may change."""

    id: UUID
    member_id: str
    domain: str
    title: str
    language: str
    server_endpoint: str
    license_family: str
    application_id: UUID
    application_token_hash: bytes | None = field(repr=False)
    scopes: tuple[str, ...]
    state: PortalState
    problem: str | None
    registered: dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """A partner → hub pair with its mapping and options."""

    id: UUID
    partner_id: UUID
    hub_id: UUID
    mapping_id: UUID
    mapping_version: int
    state: str
    policy: ReentryPolicy


@dataclass(frozen=True, slots=True)
class Delivery:
    """One robot call as a worker holds it; `claims` is the fence against workers that lost their lease."""

    id: UUID
    portal_id: UUID
    route_id: UUID | None
    lane_id: UUID
    robot: str
    deal_id: str
    claims: int
    failures: int
    problem: str | None
    received_at: datetime
    give_up_at: datetime
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a delivery's journal; `took_ms` only where something was waited for."""

    at: datetime
    kind: str
    code: str
    params: dict[str, Any]
    took_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The ledger row saying which hub object a partner object became; `generation` counts re-creations."""

    id: UUID
    source_id: str
    generation: int
    state: LinkState
    target_id: str | None
    sent_at: datetime | None
    delivery_id: UUID | None


@dataclass(frozen=True, slots=True)
class RobotCall:
    """What a robot's run is told; everything comes from the form Bitrix24 posted."""

    code: str
    deal_id: str
    event_token: str = field(repr=False)
    properties: dict[str, Any]
    waits: bool
    workflow_id: str
    user_id: int | None
