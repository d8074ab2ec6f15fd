"""What a mapping is given and what it makes: plain data, nothing to call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """The portal the deal comes from; `domain` as the browser shows it, with a port where there is one."""

    domain: str
    title: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything known about one source deal."""

    deal: Mapping[str, Any]
    """Fields in camelCase, as `crm.item.list` returns them."""
    portal: PartnerFacts
    responsible_email: str | None
    users_by_email: Mapping[str, int]
    """Users of the hub: e-mail in lower case → id."""
    robot: Mapping[str, str | list[str]]
    """Properties the robot was called with."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know about a deal that was mapped all the same."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The hub deal in camelCase names of `crm.item`, and what was noticed on the way."""

    fields: dict[str, Any]
    notes: tuple[Note, ...]
