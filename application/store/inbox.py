"""Robot calls on their way into the queue: what arrives together is committed together."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from application.store.database import Pool

MAX_GROUP = 500
MAX_WAITING = 5000
_TRIES = 5

# Calls and lanes are locked in one order, so that web processes that are sent the same calls cannot
# deadlock; `seq` closes the race with a worker that has just found the lane empty and puts it to sleep.
_INSERT = """
WITH incoming AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::bytea[])
        AS x (id, portal_id, key, robot, deal_id, payload)
), placed AS (
    SELECT i.*, r.id AS route_id, coalesce(r.id, i.portal_id) AS lane_id
    FROM incoming i LEFT JOIN LATERAL (
        SELECT id FROM routes WHERE partner_id = i.portal_id AND state IN ('active', 'paused')
        ORDER BY state = 'active' DESC, created_at LIMIT 1
    ) r ON true
), stored AS (
    INSERT INTO deliveries (id, portal_id, route_id, lane_id, key, robot, deal_id, payload)
    SELECT id, portal_id, route_id, lane_id, key, robot, deal_id, payload FROM placed ORDER BY portal_id, key
    ON CONFLICT (portal_id, key) DO NOTHING RETURNING id, lane_id
), journal AS (
    INSERT INTO steps (delivery_id, kind, code) SELECT id, 'received', 'received' FROM stored
), woken AS (
    INSERT INTO lanes AS l (id, due_at, seq) SELECT DISTINCT lane_id, now(), 1 FROM stored ORDER BY lane_id
    ON CONFLICT (id) DO UPDATE SET seq = l.seq + 1,
        due_at = CASE WHEN l.owner IS NULL THEN least(l.due_at, now()) ELSE l.due_at END
    RETURNING 1
)
SELECT id, (SELECT pg_notify('lanes', '') WHERE EXISTS (SELECT 1 FROM woken)) FROM stored
"""


class InboxFull(Exception):
    """More calls are waiting for a commit than we promise to hold; the caller should answer 503."""


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A verified robot call; `payload` is sealed, `key` is the SHA-256 of its event token."""

    portal_id: UUID
    key: bytes
    robot: str
    deal_id: str
    payload: bytes = field(repr=False)


_Waiting = tuple[UUID, NewDelivery, asyncio.Future[bool]]


class Inbox:
    """Group commit: calls that arrive while a transaction is under way go together into the next one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(MAX_WAITING)

    async def put(self, delivery: NewDelivery) -> bool:
        """Return once the delivery is committed; False if the same call was already there.

        Raises InboxFull, or what the database raised: then nothing was accepted.
        """
        committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((uuid7(), delivery, committed))
        except asyncio.QueueFull:
            raise InboxFull from None
        return await committed

    async def run(self) -> None:
        """Commit groups until cancelled. Owned by the web process' task group."""
        while True:
            group = [await self._queue.get()]
            while len(group) < MAX_GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            await self._commit(group)

    async def _commit(self, group: list[_Waiting]) -> None:
        try:
            stored = await self._insert(group)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            # One impossible row (a portal erased this instant) must not refuse its neighbours.
            if len(group) > 1:
                for waiting in group:
                    await self._commit([waiting])
                return
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            _fail(group, error)
        else:
            for delivery_id, _, committed in group:
                # A client that went away has cancelled its future; its call is stored all the same.
                if not committed.done():
                    committed.set_result(delivery_id in stored)

    async def _insert(self, group: list[_Waiting]) -> set[UUID]:
        calls = [delivery for _, delivery, _ in group]
        columns = (
            [delivery_id for delivery_id, _, _ in group],
            [call.portal_id for call in calls],
            [call.key for call in calls],
            [call.robot for call in calls],
            [call.deal_id for call in calls],
            [call.payload for call in calls],
        )
        for tries_left in reversed(range(_TRIES)):
            try:
                return {row["id"] for row in await self._pool.fetch(_INSERT, *columns)}
            except asyncpg.TransactionRollbackError:
                # The loser of a deadlock (with a route being added) has done nothing; no call comes twice.
                if not tries_left:
                    raise
        raise AssertionError


def _fail(group: list[_Waiting], error: Exception) -> None:
    for _, _, committed in group:
        if not committed.done():
            committed.set_exception(error)
