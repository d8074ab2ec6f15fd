"""Faults to inject: which portal, which method, how often."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

REST_KINDS = frozenset(
    {
        "refuse",
        "slow",
        "hang_then_commit",
        "commit_then_hang",
        "reset_before",
        "reset_after",
        "cut_body",
        "html_502",
        "error",
        "error_after",
    }
)
# Single methods, batched or not: lists that lag `seconds` behind, records that are made twice.
RECORD_KINDS = frozenset({"stale_list", "commit_twice"})
TOKEN_KINDS = frozenset({"expire_tokens", "revoke_tokens", "rename"})
QUEUE_KINDS = frozenset({"double_call", "lose_call", "delay_call"})


@dataclass(slots=True)
class Fault:
    """One fault; `times` counts down and `None` means until deleted."""

    id: int
    kind: str
    portal: str | None = None
    method: str | None = None
    times: int | None = None
    seconds: float = 1.0
    error: str = "INTERNAL_SERVER_ERROR"
    description: str = "Internal server error"
    status: int = 500
    domain: str | None = None
    hits: int = 0

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Faults:
    _all: dict[int, Fault] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, **values: Any) -> Fault:
        fault = Fault(next(self._numbers), **values)
        self._all[fault.id] = fault
        return fault

    def rows(self) -> list[dict[str, Any]]:
        return [fault.row() for fault in self._all.values()]

    def remove(self, fault_id: int) -> bool:
        return self._all.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._all.clear()

    def take(self, portal: str, names: Iterable[str], kinds: Iterable[str]) -> Fault | None:
        """Answer the first fault that strikes a call with one of these method names, and count it."""
        if not self._all:
            return None
        names, kinds = tuple(names), frozenset(kinds)
        for fault in list(self._all.values()):
            if fault.kind not in kinds or fault.portal not in (None, portal):
                continue
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if fault.method and not any(fnmatchcase(name, fault.method.lower()) for name in names):
                continue
            fault.hits += 1
            return fault
        return None
