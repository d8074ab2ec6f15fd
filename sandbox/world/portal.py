"""One portal: its people, directories, records, installed applications and what was asked of it."""

import secrets
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.crm.fields import TYPE_NAMES, Field, table
from sandbox.crm.records import Records
from sandbox.holdings.state import Holdings
from sandbox.holdings.switches import Switches
from sandbox.world.model import (
    Category,
    Installation,
    OutgoingWebhook,
    PlacedRobot,
    Run,
    Status,
    TimelineEntry,
    User,
)

Json = dict[str, Any]


@dataclass(slots=True)
class Journal:
    """What REST asked of a portal; `refused` counts answers that executed nothing because of limits."""

    total: int = 0
    refused: int = 0
    by_method: Counter[str] = field(default_factory=Counter)
    last: deque[Json] = field(default_factory=lambda: deque(maxlen=300))

    def row(self) -> Json:
        return {
            "total": self.total,
            "refused": self.refused,
            "by_method": dict(self.by_method),
            "last": list(self.last),
        }


@dataclass(slots=True)
class Portal:
    name: str
    title: str
    member_id: str
    domain: str
    language: str = "en"
    license_family: str = "std"
    limits: bool = True
    billing: str = "nested"
    operating_limit: float = 480.0
    operating_scale: float = 0.1
    region: str = "com"
    self_hosted: bool = False
    licensed: bool = True
    features: set[str] = field(default_factory=set)
    quirks: set[str] = field(default_factory=set)
    confirmable: set[str] = field(default_factory=set)
    outgoing: list[OutgoingWebhook] = field(default_factory=list)
    old_domains: set[str] = field(default_factory=set)
    users: dict[int, User] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    stage_lists: dict[int, list[Status]] = field(default_factory=dict)
    stages_by_code: dict[str, Status] = field(default_factory=dict)
    currencies: dict[str, float] = field(default_factory=dict)
    fields: dict[int, dict[str, Field]] = field(
        default_factory=lambda: {entity: table(entity) for entity in TYPE_NAMES}
    )
    records: dict[int, Records] = field(default_factory=lambda: {entity: Records() for entity in TYPE_NAMES})
    product_rows: dict[tuple[str, int], list[Json]] = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    installations: dict[str, Installation] = field(default_factory=dict)
    removed: dict[str, Installation] = field(default_factory=dict)
    automation: list[PlacedRobot] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    runs_of_deal: dict[int, list[Run]] = field(default_factory=dict)
    webhooks: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    switches: Switches = field(default_factory=Switches)
    held: Holdings = field(default_factory=Holdings)

    @property
    def url(self) -> str:
        return f"https://{self.domain}"

    @property
    def rest_url(self) -> str:
        return f"https://{self.domain}/rest/"

    def next_id(self) -> int:
        """A number for whatever needs a portal-wide id of its own (bindings, rows, timeline entries)."""
        return next(self.numbers)

    def stages(self, category: int) -> list[Status]:
        return self.stage_lists[category]

    def stage(self, code: str) -> Status | None:
        return self.stages_by_code.get(code)

    def index_stages(self) -> None:
        """Note the stages of each pipeline; to be called when the directories have changed."""
        for number in self.categories:
            entity = stage_entity(number)
            rows = sorted((row for row in self.statuses if row.entity == entity), key=lambda row: row.sort)
            self.stage_lists[number] = rows
            self.stages_by_code |= {row.code: row for row in rows}

    def user(self, user_id: int) -> User | None:
        user = self.users.get(user_id)
        return user if user and user.active else None

    def row(self) -> Json:
        return {
            "name": self.name,
            "title": self.title,
            "member_id": self.member_id,
            "domain": self.domain,
            "url": self.url,
            "language": self.language,
            "users": [user.brief() for user in self.users.values()],
        }


def stage_entity(category: int) -> str:
    return f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"
