"""The queue: lanes are leased, deliveries are taken from them and finished under a fence.

`due_at` of a lane is at once its schedule, its place in the round and, while leased, its visibility timeout.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.model import Delivery, DeliveryState, Step
from application.store.database import Pool, storable

_DELIVERY = (
    "id, portal_id, route_id, lane_id, robot, deal_id, claims, failures, problem, received_at, give_up_at,"
    " payload"
)

# An earlier unfinished delivery of the same deal goes first.
_UNBLOCKED = """NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.lane_id = d.lane_id AND e.deal_id = d.deal_id
    AND e.id < d.id AND e.state IN ('waiting', 'running'))"""

_CLAIM = """
WITH due AS (
    SELECT id FROM lanes WHERE due_at <= now() AND id <> ALL ($4)
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE lanes SET owner = $2, due_at = now() + $3, seen = seq FROM due WHERE lanes.id = due.id
RETURNING lanes.id
"""

# Whoever held the lane before us died or lost it: that counts as a failure, or a delivery that kills its
# workers would do so for ever.
_RECOVER = """
WITH lost AS (
    UPDATE deliveries SET state = 'waiting', claimed_by = NULL, failures = failures + 1,
        run_at = now() + least(failures, 10) * interval '1 second'
    WHERE lane_id = ANY ($1) AND state = 'running' RETURNING id
)
INSERT INTO steps (delivery_id, kind, code) SELECT id, 'lost_worker', 'lost_worker' FROM lost
"""

_HELD = """
SELECT l.id, coalesce(r.state, 'active') AS route_state, max(p.parked_until) AS parked_until
FROM lanes l LEFT JOIN routes r ON r.id = l.id
    LEFT JOIN portals p ON p.id IN (r.partner_id, r.hub_id, l.id)
WHERE l.id = ANY ($1) GROUP BY l.id, r.state
"""

# Paused or parked meanwhile: what is in flight ends, nothing more is started.
_SERVED = """EXISTS (SELECT 1 FROM lanes l LEFT JOIN routes r ON r.id = l.id
    WHERE l.id = $1 AND l.owner = $2 AND coalesce(r.state, 'active') = 'active' AND NOT EXISTS (
        SELECT 1 FROM portals p WHERE p.id IN (r.partner_id, r.hub_id, l.id) AND p.parked_until > now()))"""

_TAKE = f"""
WITH ready AS (
    SELECT d.id FROM deliveries d
    WHERE d.lane_id = $1 AND d.state = 'waiting' AND d.run_at <= now() AND {_UNBLOCKED}
        AND {_SERVED}
    ORDER BY d.run_at, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries SET state = 'running', claimed_by = $2, claims = claims + 1
FROM ready WHERE deliveries.id = ready.id
RETURNING {", ".join("deliveries." + name.strip() for name in _DELIVERY.split(","))}
"""

_FINISH = """
WITH verdicts AS (
    SELECT * FROM unnest($2::uuid[], $3::int[], $4::text[], $5::float8[], $6::int[], $7::text[], $8::jsonb[],
        $9::text[], $10::text[], $11::text[], $12::text[])
        AS v (id, claims, state, delay, failed, problem, problem_params, title, amount, currency, hub_deal_id)
)
UPDATE deliveries d SET state = v.state, claimed_by = NULL, failures = d.failures + v.failed,
    run_at = CASE WHEN v.state = 'waiting' THEN now() + v.delay * interval '1 second' ELSE d.run_at END,
    finished_at = CASE WHEN v.state <> 'waiting' THEN now() END,
    problem = v.problem, problem_params = coalesce(v.problem_params, '{}'),
    title = coalesce(v.title, d.title), amount = coalesce(v.amount, d.amount),
    currency = coalesce(v.currency, d.currency), hub_deal_id = coalesce(v.hub_deal_id, d.hub_deal_id)
FROM verdicts v WHERE d.id = v.id AND d.claims = v.claims AND d.claimed_by = $1
RETURNING d.id
"""

# Never earlier than now: a lane with an old backlog would come before those that wait for their turn.
_RELEASE = f"""
UPDATE lanes SET owner = NULL, due_at = CASE WHEN seq <> seen THEN now() ELSE (
    SELECT greatest(min(d.run_at), now()) FROM deliveries d
    WHERE d.lane_id = $1 AND d.state = 'waiting' AND {_UNBLOCKED} HAVING min(d.run_at) IS NOT NULL
) END WHERE id = $1 AND owner = $2
"""


_TO_THEIR_ROUTES = """
WITH moved AS (
    UPDATE deliveries d SET route_id = r.id, lane_id = r.id, run_at = now() FROM routes r
    WHERE d.route_id IS NULL AND d.state = 'waiting' AND r.id = (
        SELECT id FROM routes WHERE partner_id = d.portal_id AND state IN ('active', 'paused')
        ORDER BY state = 'active' DESC, created_at LIMIT 1)
    RETURNING d.lane_id
), woken AS (
    INSERT INTO lanes AS l (id, due_at, seq) SELECT DISTINCT lane_id, now(), 1 FROM moved ORDER BY lane_id
    ON CONFLICT (id) DO UPDATE SET seq = l.seq + 1,
        due_at = CASE WHEN l.owner IS NULL THEN least(l.due_at, now()) ELSE l.due_at END
)
SELECT count(*) FROM moved
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one claim of a delivery ended; `delay` (seconds) counts only while it goes on waiting."""

    delivery: Delivery
    state: DeliveryState
    delay: float = 0.0
    failed: bool = False
    problem: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    title: str | None = None
    amount: str | None = None
    currency: str | None = None
    hub_deal_id: str | None = None
    steps: Sequence[Step] = ()


class Lanes:
    """The queue as one worker, `owner`, sees it."""

    def __init__(self, pool: Pool, owner: UUID, lease: timedelta) -> None:
        self._pool = pool
        self._owner = owner
        self._lease = lease

    async def claim(self, count: int, serving: Sequence[UUID]) -> list[UUID]:
        """Lease up to `count` due lanes, longest due first; paused and parked ones go back to sleep.

        `serving` are lanes this worker has not let go of yet, even if their lease is over.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_CLAIM, count, self._owner, self._lease, list(serving))
            lanes = [row["id"] for row in rows]
            if not lanes:
                return []
            held = {
                row["id"]: row["parked_until"]
                for row in await connection.fetch(_HELD, lanes)
                if row["route_state"] != "active" or _in_future(row["parked_until"])
            }
            for lane, until in held.items():
                await connection.execute(
                    "UPDATE lanes SET owner = NULL, due_at = $2 WHERE id = $1", lane, until
                )
            lanes = [lane for lane in lanes if lane not in held]
            await connection.execute(_RECOVER, lanes)
        return lanes

    async def take(self, lane: UUID, count: int) -> list[Delivery]:
        """Up to `count` deliveries whose time has come, marked as running under this worker."""
        rows = await self._pool.fetch(_TAKE, lane, self._owner, count)
        return sorted((Delivery(**row) for row in rows), key=lambda delivery: delivery.id)

    async def finish(self, verdicts: Sequence[Verdict]) -> set[UUID]:
        """Write verdicts and journals together; returns those that were still ours to finish."""
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(
                _FINISH,
                self._owner,
                [verdict.delivery.id for verdict in verdicts],
                [verdict.delivery.claims for verdict in verdicts],
                [verdict.state.value for verdict in verdicts],
                [verdict.delay for verdict in verdicts],
                [int(verdict.failed) for verdict in verdicts],
                [verdict.problem for verdict in verdicts],
                [storable(verdict.params) for verdict in verdicts],
                [storable(verdict.title) for verdict in verdicts],
                [storable(verdict.amount) for verdict in verdicts],
                [storable(verdict.currency) for verdict in verdicts],
                [verdict.hub_deal_id for verdict in verdicts],
            )
            ours = {row["id"] for row in rows}
            await connection.executemany(
                "INSERT INTO steps (delivery_id, at, kind, code, params, took_ms) VALUES ($1,$2,$3,$4,$5,$6)",
                [
                    (verdict.delivery.id, step.at, step.kind, step.code, storable(step.params), step.took_ms)
                    for verdict in verdicts
                    if verdict.delivery.id in ours
                    for step in verdict.steps
                ],
            )
        return ours

    async def extend(self, lanes: Sequence[UUID]) -> set[UUID]:
        """The heartbeat: one statement for all lanes of this worker; returns those still held."""
        rows = await self._pool.fetch(
            "UPDATE lanes SET due_at = now() + $3 WHERE id = ANY ($2) AND owner = $1 RETURNING id",
            self._owner, list(lanes), self._lease,
        )  # fmt: skip
        return {row["id"] for row in rows}

    async def release(self, lane: UUID) -> None:
        """Give the lane back: due now if something came meanwhile, else when its next delivery is."""
        await self._pool.execute(_RELEASE, lane, self._owner)

    async def seconds_to_next(self) -> float | None:
        """Until the next lane is due; None if none will be without a new call."""
        value = await self._pool.fetchval("SELECT extract(epoch FROM min(due_at) - now()) FROM lanes")
        return None if value is None else float(value)

    async def any_due(self, except_for: Sequence[UUID]) -> bool:
        """Whether another lane is waiting for its turn."""
        return bool(
            await self._pool.fetchval(
                "SELECT EXISTS (SELECT 1 FROM lanes WHERE due_at <= now() AND id <> ALL ($1))",
                list(except_for),
            )
        )

    async def move_to_routes(self) -> int:
        """Calls that were at work or on their way in while their partner was given a route follow it."""
        return int(await self._pool.fetchval(_TO_THEIR_ROUTES) or 0)

    async def wake_stranded(self) -> int:
        """The safety net: idle lanes that hold waiting deliveries are made due. Should find none."""
        status = await self._pool.execute(
            "UPDATE lanes l SET due_at = now() FROM routes r WHERE r.id = l.id AND r.state = 'active'"
            " AND l.due_at IS NULL AND EXISTS (SELECT 1 FROM deliveries d WHERE d.lane_id = l.id"
            " AND d.state IN ('waiting', 'running'))"
        )
        return int(status.rpartition(" ")[2])


def _in_future(moment: datetime | None) -> bool:
    return moment is not None and moment > datetime.now(moment.tzinfo)
