"""The containers of what a portal holds beside records."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sandbox.world.model import Category, Status

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a custom field, or a Drive object behind a comment."""

    id: int
    name: str
    content: bytes
    author_id: int
    at: str
    timeline: bool = False


@dataclass(slots=True)
class Kind:
    """A kind of records with stages of its own: leads, or the items of one smart process."""

    entity: int
    id: int
    title: str
    at: str
    stages: dict[int, list[Status]]
    categories: dict[int, Category]

    def stage(self, code: str | None) -> Status | None:
        return next((s for stages in self.stages.values() for s in stages if s.code == code), None)


@dataclass(slots=True)
class Trigger:
    """An application's trigger that somebody has put on a stage; without `client_id` one for webhooks."""

    client_id: str | None
    code: str
    stage: str
    back: bool = False


@dataclass(slots=True)
class Numbered:
    """Rows under growing numbers, as the database gives them."""

    rows: dict[int, Row] = field(default_factory=dict)
    last: int = 0

    def add(self, row: Row) -> int:
        self.last += 1
        self.rows[self.last] = {"ID": self.last, **row}
        return self.last


@dataclass(slots=True)
class Holdings:
    files: dict[int, StoredFile] = field(default_factory=dict)
    file_fields: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    activities: Numbered = field(default_factory=Numbered)
    requisites: Numbered = field(default_factory=Numbered)
    bank_details: Numbered = field(default_factory=Numbered)
    presets: Numbered = field(default_factory=Numbered)
    addresses: dict[tuple[int, int, int], Row] = field(default_factory=dict)
    required: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[int, Kind] = field(default_factory=dict)
    history: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    contact_sorts: dict[tuple[int, int], dict[int, int]] = field(default_factory=dict)
    bindings: dict[int, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    badges: dict[str, Row] = field(default_factory=dict)
    activity_types: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    triggers: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    placed_triggers: list[Trigger] = field(default_factory=list)
