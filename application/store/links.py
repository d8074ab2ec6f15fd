"""The ledger of what became what: `planned → sent → done`, committed before a request leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from uuid_utils.compat import uuid7

from application.model import Link, LinkState
from application.store.database import Pool

if TYPE_CHECKING:
    import asyncpg

_COLUMNS = "id, source_id, generation, state, target_id, sent_at, delivery_id"


def _link(row: "asyncpg.Record") -> Link:
    return Link(**{**row, "state": LinkState(row["state"])})


class Links:
    """The ledger from one partner portal to one hub portal."""

    def __init__(self, pool: Pool, portal_id: UUID, hub_id: UUID) -> None:
        self._pool = pool
        self._portal_id = portal_id
        self._hub_id = hub_id

    async def latest(self, source_type: str, source_id: str) -> Link | None:
        """The newest generation's row."""
        row = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM links WHERE portal_id = $1 AND hub_id = $2 AND source_type = $3"
            " AND source_id = $4 ORDER BY generation DESC LIMIT 1",
            self._portal_id, self._hub_id, source_type, source_id,
        )  # fmt: skip
        return _link(row) if row else None

    async def plan(self, source_type: str, source_id: str, generation: int, delivery_id: UUID) -> Link:
        """The row of this generation, made if it is not there; whoever made it first is kept."""
        row = await self._pool.fetchrow(
            "INSERT INTO links AS l (id, portal_id, hub_id, source_type, source_id, generation, delivery_id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (portal_id, hub_id, source_type, source_id, generation)"
            " DO UPDATE SET delivery_id = coalesce(l.delivery_id, excluded.delivery_id)"
            f" RETURNING {_COLUMNS}",
            uuid7(), self._portal_id, self._hub_id, source_type, source_id, generation, delivery_id,
        )  # fmt: skip
        assert row is not None
        return _link(row)

    async def done(self, link_id: UUID, target_id: str) -> None:
        """The target exists. The first answer stands: a row that is done stays as it is."""
        await self._pool.execute(
            "UPDATE links SET state = 'done', target_id = $2, done_at = now()"
            " WHERE id = $1 AND state <> 'done'",
            link_id, target_id,
        )  # fmt: skip

    async def not_carried_out(self, link_id: UUID, sent_at: datetime) -> None:
        """The portal has told us that the request sent at `sent_at` did nothing."""
        await self._pool.execute(
            "UPDATE links SET state = 'planned', sent_at = NULL, sent_by = NULL"
            " WHERE id = $1 AND state = 'sent' AND sent_at = $2",
            link_id, sent_at,
        )  # fmt: skip


class Sending:
    """The last step before a create leaves: marks ledger rows as sent, fenced by their deliveries' claims."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def mark(
        self, tickets: Sequence[tuple[UUID, datetime | None, UUID, int]], owner: UUID
    ) -> dict[UUID, datetime]:
        """Mark the rows of `tickets` (link, its `sent_at` as last read, delivery, claim).

        Returns link → sent_at for those that may leave. A missing one belongs to somebody else by now.
        """
        rows = await self._pool.fetch(
            "WITH t AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::int[])"
            "   AS t (link_id, seen, delivery_id, claims))"
            " UPDATE links l SET state = 'sent', sent_at = clock_timestamp(), sent_by = $5 FROM t"
            " JOIN deliveries d ON d.id = t.delivery_id AND d.claims = t.claims AND d.state = 'running'"
            " WHERE l.id = t.link_id AND l.state <> 'done' AND l.sent_at IS NOT DISTINCT FROM t.seen"
            " RETURNING l.id, l.sent_at",
            [ticket[0] for ticket in tickets],
            [ticket[1] for ticket in tickets],
            [ticket[2] for ticket in tickets],
            [ticket[3] for ticket in tickets],
            owner,
        )
        return {row["id"]: row["sent_at"] for row in rows}
