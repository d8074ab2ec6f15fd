"""The two limiters of a cloud portal: requests per address, execution seconds per method."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal

BUCKETS = {"ent": (5.0, 250.0)}
_STANDARD = (2.0, 50.0)
WINDOW = 600.0
_RECORDED_FROM = 0.1

# Seconds of one call on demo portals; scaled by the portal's `operating_scale`.
COSTS = {
    "crm.deal.add": 0.68,
    "crm.contact.add": 1.14,
    "crm.company.add": 0.65,
    "crm.deal.update": 0.7,
    "crm.item.add": 1.83,
    "crm.item.update": 0.5,
    "crm.item.import": 2.43,
    "crm.item.productrow.set": 0.20,
    "crm.deal.productrows.set": 0.95,
    "crm.item.list": 0.245,
    "crm.deal.list": 0.245,
    "crm.contact.list": 0.20,
    "crm.company.list": 0.16,
    "crm.item.productrow.list": 0.07,
    "crm.duplicate.findbycomm": 0.018,
    "crm.timeline.comment.add": 0.3,
}
_OTHER = 0.03


@dataclass(slots=True)
class Leak:
    level: float = 0.0
    at: float = 0.0


@dataclass(slots=True)
class Minute:
    began: float
    seconds: float


@dataclass(slots=True)
class Limits:
    """Counters of all portals; times come from the world's clock."""

    _requests: dict[tuple[str, str], Leak] = field(default_factory=dict)
    _minutes: dict[tuple[str, str, str], deque[Minute]] = field(default_factory=dict)

    def clear(self) -> None:
        self._requests.clear()
        self._minutes.clear()

    def admit(self, portal: Portal, address: str, now: float) -> bool:
        """Count one request; `False` when the bucket of this address is full."""
        if not portal.limits:
            return True
        drain, size = BUCKETS.get(portal.license_family, _STANDARD)
        leak = self._requests.setdefault((portal.member_id, address), Leak(at=now))
        leak.level = max(0.0, leak.level - drain * max(0.0, now - leak.at))
        leak.at = now
        if leak.level + 1 > size:
            return False
        leak.level += 1
        return True

    def check(self, portal: Portal, credential: str, method: str, now: float, running: float) -> None:
        """Refuse a method whose seconds are used up; `running` are those of the present hit."""
        if not portal.limits or method == "batch":
            return
        recent = running if running > _RECORDED_FROM else 0.0
        if self.used(portal, credential, method, now) + recent > portal.operating_limit:
            raise RestError("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429)

    def record(self, portal: Portal, credential: str, method: str, now: float, seconds: float) -> None:
        """Note what a hit has used of a method; short runs are free."""
        if seconds <= _RECORDED_FROM:
            return
        minutes = self._minutes.setdefault((portal.member_id, credential, method), deque())
        if minutes and now - minutes[-1].began < WINDOW / 10:
            minutes[-1].seconds += seconds
        else:
            minutes.append(Minute(now, seconds))

    def used(self, portal: Portal, credential: str, method: str, now: float) -> float:
        return sum(minute.seconds for minute in self._current(portal, credential, method, now))

    def reset_at(self, portal: Portal, credential: str, method: str, now: float) -> int:
        minutes = self._current(portal, credential, method, now)
        return int((minutes[0].began if minutes else now) + WINDOW)

    def _current(self, portal: Portal, credential: str, method: str, now: float) -> "deque[Minute]":
        minutes = self._minutes.get((portal.member_id, credential, method))
        if minutes is None:
            return deque()
        while minutes and now - minutes[0].began >= WINDOW:
            minutes.popleft()
        return minutes


def cost(portal: Portal, method: str) -> float:
    return COSTS.get(method, _OTHER) * portal.operating_scale
