"""Bitrix24's limits, kept before a portal must refuse: shared by all replicas in Redis, or slower without.

Requests: a leaky bucket per portal and outgoing address, 2/s over 50, Enterprise 5/s over 250
(settings/performance/limits.md); we stay a little below both figures. Operating time: a method that a
portal has blocked is left alone until its budget comes back.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger()

REDIS_SECONDS = 0.5
_CONNECTIONS = 16
_REST_AFTER_FAILURE = 1.0
_SHARE_WITHOUT_REDIS = 0.5

# A reservation: the caller is told how long to wait and owns that slot. Redis' clock serves every replica.
_RESERVE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1e6
local gap, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local next_free = tonumber(redis.call('GET', KEYS[1]) or now)
if next_free < now then next_free = now end
local wait = math.max(0, next_free + gap - gap * burst - now)
next_free = next_free + gap
redis.call('SET', KEYS[1], string.format('%.6f', next_free), 'PX', math.ceil((next_free - now) * 1000) + 1000)
return tostring(wait)
"""

_DRAIN = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1e6
local next_free = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.6f', next_free), 'PX', math.ceil((next_free - now) * 1000) + 1000)
return 1
"""

_BLOCK = "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) return 1"

_BLOCKED = """
local left = {}
for index, key in ipairs(KEYS) do left[index] = redis.call('PTTL', key) end
return left
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """A leaky bucket: `per_second` drains, `burst` fits."""

    per_second: float
    burst: int

    @property
    def gap(self) -> float:
        return 1 / self.per_second


STANDARD = Rate(1.9, 40)
ENTERPRISE = Rate(4.8, 200)


def rate_of(license_family: str) -> Rate:
    """The bucket of a portal by `LICENSE_FAMILY` of its `app.info`."""
    return ENTERPRISE if license_family.lower().startswith("ent") else STANDARD


@dataclass(slots=True)
class _Alone:
    """What one process knows by itself while Redis is away."""

    next_free: dict[str, float] = field(default_factory=dict)
    blocked: dict[str, float] = field(default_factory=dict)

    def reserve(self, key: str, rate: Rate) -> float:
        now = time.monotonic()
        gap = rate.gap / _SHARE_WITHOUT_REDIS
        burst = max(1, int(rate.burst * _SHARE_WITHOUT_REDIS))
        start = max(now, self.next_free.get(key, now))
        self.next_free[key] = start + gap
        return max(0.0, start + gap - gap * burst - now)

    def drain(self, key: str, full_for: float) -> None:
        self.next_free[key] = max(self.next_free.get(key, 0.0), time.monotonic() + full_for)


class Limits:
    """Both limits of every portal. Redis failing is logged once and never raised."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = (
            Redis(
                connection_pool=BlockingConnectionPool.from_url(
                    redis_url,
                    max_connections=_CONNECTIONS,
                    timeout=REDIS_SECONDS,
                    socket_timeout=REDIS_SECONDS,
                    socket_connect_timeout=REDIS_SECONDS,
                    retry=Retry(NoBackoff(), 0),
                )
            )
            if redis_url
            else None
        )
        self._alone = _Alone()
        self._redis_rests_until = 0.0
        self._was_down = False

    async def close(self) -> None:
        if self._redis:
            await self._redis.aclose(close_connection_pool=True)

    async def ping(self) -> bool:
        """Whether Redis answers."""
        if self._redis is None:
            return False
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def reserve(self, portal: str, rate: Rate) -> float:
        """Book one request for `portal` (its member_id); returns the seconds to wait before sending it."""
        key = f"b24:requests:{portal}"
        answer = await self._eval(_RESERVE, [key], rate.gap, rate.burst)
        return self._alone.reserve(key, rate) if answer is None else float(answer)

    async def refused(self, portal: str, rate: Rate, pause: float) -> None:
        """The portal refused a request, so its bucket is fuller than we thought: pause for all replicas."""
        key = f"b24:requests:{portal}"
        full_for = rate.gap * rate.burst + pause
        if await self._eval(_DRAIN, [key], full_for) is None:
            self._alone.drain(key, full_for)

    async def block(self, portal: str, method: str, seconds: float) -> None:
        """The portal has no operating time left for `method`."""
        key = f"b24:blocked:{portal}:{method}"
        self._alone.blocked[key] = time.monotonic() + seconds
        await self._eval(_BLOCK, [key], int(seconds * 1000))

    async def blocked(self, portal: str, methods: Sequence[str]) -> dict[str, float]:
        """Which of `methods` the portal has blocked, and for how many more seconds."""
        keys = [f"b24:blocked:{portal}:{method}" for method in methods]
        answer = await self._eval(_BLOCKED, keys)
        if answer is None:
            now = time.monotonic()
            left = [self._alone.blocked.get(key, 0.0) - now for key in keys]
        else:
            left = [float(milliseconds) / 1000 for milliseconds in answer]
        return {method: seconds for method, seconds in zip(methods, left, strict=True) if seconds > 0}

    async def _eval(self, script: str, keys: Sequence[str], *arguments: float) -> Any:
        if self._redis is None or time.monotonic() < self._redis_rests_until:
            return None
        try:
            # The client's own time limits do not cover every step of losing a connection.
            async with asyncio.timeout(2 * REDIS_SECONDS):
                answer = await self._redis.eval(script, len(keys), *keys, *map(str, arguments))
        except Exception as error:  # noqa: BLE001 - whatever the client says when its server goes: we go on without
            self._redis_rests_until = time.monotonic() + _REST_AFTER_FAILURE
            if not self._was_down:
                log.warning(
                    "redis_away", error=type(error).__name__, effect="each process keeps a fair share"
                )
            self._was_down = True
            return None
        if self._was_down:
            log.info("redis_back")
            self._was_down = False
        return answer
