"""Counting what arrived: the hub portal's deals against the partner portals' deals, nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Origin = tuple[str, str]
_MEMBER = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Count:
    """`sent` partner deals; `arrived` maps (member_id, deal id) to the ids of its hub deals."""

    sent: frozenset[Origin]
    arrived: Mapping[Origin, tuple[int, ...]]
    hub_deals: int
    strangers: int = field(default=0)

    @property
    def delivered(self) -> int:
        return sum(1 for origin in self.sent if origin in self.arrived)

    @property
    def lost(self) -> int:
        return len(self.sent) - self.delivered

    @property
    def duplicates(self) -> int:
        """Hub deals too many, and hub deals that name an origin which was never sent."""
        return sum(len(ids) - 1 for ids in self.arrived.values()) + self.strangers

    def missing(self, member_id: str) -> list[int]:
        return sorted(int(deal) for member, deal in self.sent - self.arrived.keys() if member == member_id)


def origin_of(deal: Mapping[str, Any]) -> Origin | None:
    """(member_id, deal id) of the partner deal that this hub deal came from; None for the hub's own deals."""
    member = _MEMBER.search(str(deal.get("originatorId") or ""))
    number = _NUMBER.search(str(deal.get("originId") or ""))
    return (member[0], number[0]) if member and number else None


def count(sent: Iterable[Origin], hub_deals: Iterable[Mapping[str, Any]]) -> Count:
    wanted = frozenset(sent)
    arrived: dict[Origin, list[int]] = {}
    strangers: Counter[Origin] = Counter()
    total = 0
    for deal in hub_deals:
        origin = origin_of(deal)
        if origin is None:
            continue
        total += 1
        if origin in wanted:
            arrived.setdefault(origin, []).append(int(deal["id"]))
        else:
            strangers[origin] += 1
    frozen = {origin: tuple(sorted(ids)) for origin, ids in arrived.items()}
    return Count(wanted, frozen, total, strangers.total())
