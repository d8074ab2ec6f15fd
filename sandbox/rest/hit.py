"""One call of a method: what it is handed and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.crm import rights
from sandbox.rest.caller import Caller
from sandbox.rest.limits import Limits, cost
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError
from sandbox.world.hits import Hit
from sandbox.world.portal import Portal

MISSING = object()


class CutError(Exception):
    """The time of a request is up: it dies without an answer, what it has saved stays."""


@dataclass(slots=True)
class Reply:
    """The answer of a method; `total` and `next` are there for lists only."""

    result: Any
    total: int | None = None
    next: int | None = None


@dataclass(slots=True)
class Request:
    """A method call: whose, with which parameters, within which hit of the portal.

    `lags_to` is the moment at which a list stands still that does not see the latest records.
    """

    caller: Caller
    method: str
    params: dict[str, Any]
    hit: Hit
    lags_to: str | None = None

    @property
    def portal(self) -> Portal:
        return self.caller.portal

    def get(self, name: str, default: Any = None) -> Any:
        """Look a parameter up without regard to case."""
        if name in self.params:
            return self.params[name]
        low = name.lower()
        return next((value for key, value in self.params.items() if key.lower() == low), default)

    def legacy_id(self, name: str = "id") -> int:
        """Cast an id as the older methods do: a non-empty array is 1."""
        number = php.to_int(self.get(name))
        if number <= 0:
            raise RestError("", "ID is not defined or invalid.")
        return number

    def integer(self, name: str) -> int:
        """A typed parameter of a controller: an error "100" unless it is an integer."""
        value = self.get(name, MISSING)
        if value is MISSING or value is None:
            raise RestError("100", f"Could not find value for parameter {{{name}}}")
        if isinstance(value, bool) or not php.is_numeric(value) or php.to_float(value) % 1:
            raise RestError(
                "100", f"Invalid value {{{php.to_text(value)}}} to match with parameter {{{name}}}. "
                "Should be value of type int."
            )  # fmt: skip
        return php.to_int(value)

    def view(self) -> Callable[[dict[str, Any]], bool] | None:
        """What a list must ask of each row before it is shown; `None` when all are."""
        allowed, until = rights.view(self.caller.user), self.lags_to
        if until is None:
            return allowed
        return lambda item: item["createdTime"] <= until and (allowed is None or allowed(item))

    def start(self) -> int:
        value = self.get("start")
        return php.to_int(value) if value is not None else 0


@dataclass(slots=True)
class Meter:
    """Books the seconds of one HTTP hit: checks before each call, records after the last."""

    limits: Limits
    caller: Caller
    now: float
    spent: dict[str, float] = field(default_factory=dict)
    elapsed: float = 0.0

    def check(self, method: str) -> None:
        self.limits.check(
            self.caller.portal, self.caller.credential, method, self.now, self.spent.get(method, 0.0)
        )

    def book(self, method: str) -> None:
        """Add the seconds of one call; the call that crosses the cap is not made any more."""
        portal = self.caller.portal
        seconds = cost(portal, method)
        self.elapsed += seconds
        cap = portal.switches.request_cap
        if cap is not None and portal.limits and self.elapsed > cap:
            raise CutError(method)
        self.spent[method] = self.spent.get(method, 0.0) + seconds

    def close(self) -> None:
        """Record the hit's sums, to each method or (`billing`) to `batch` as well or instead."""
        portal, credential = self.caller.portal, self.caller.credential
        nested = {name: seconds for name, seconds in self.spent.items() if name != "batch"}
        if "batch" not in self.spent or portal.billing in ("nested", "both"):
            for name, seconds in nested.items():
                self.limits.record(portal, credential, name, self.now, seconds)
        if "batch" in self.spent and portal.billing in ("batch-total", "both"):
            self.limits.record(portal, credential, "batch", self.now, sum(nested.values()))

    def operating(self, method: str) -> float:
        used = self.limits.used(self.caller.portal, self.caller.credential, method, self.now)
        running = self.spent.get(method, 0.0)
        return round(used + (running if running > 0.1 else 0.0), 6)

    def time(self, method: str, started: float, finished: float, *, closed: bool) -> dict[str, Any]:
        """The `time` object: whole seconds at the start, hence an overstated duration."""
        used = self.limits.used(self.caller.portal, self.caller.credential, method, self.now)
        return {
            "start": int(started),
            "finish": finished,
            "duration": round(finished - int(started), 6),
            "processing": 0,
            "date_start": datetime.fromtimestamp(int(started), moments.OFFSET).isoformat(),
            "date_finish": datetime.fromtimestamp(int(finished), moments.OFFSET).isoformat(),
            "operating_reset_at": self.limits.reset_at(
                self.caller.portal, self.caller.credential, method, self.now
            ),
            "operating": round(used, 6) if closed else self.operating(method),
        }
