"""The delivery log as one portal may see it: what it sent and what it received."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from application.model import Step
from application.store.database import Pool

if TYPE_CHECKING:
    import asyncpg

GROUPS = {
    "waiting": ["waiting", "running"],
    "delivered": ["delivered"],
    "failed": ["rejected", "dead"],
}

_ROW = """
SELECT d.id, d.deal_id, d.title, d.amount, d.currency, d.state, d.failures, d.hub_deal_id, d.received_at,
    d.finished_at, CASE WHEN d.state = 'waiting' THEN d.run_at END AS next_at, d.problem, d.problem_params,
    p.domain AS partner_domain, p.title AS partner_title, h.domain AS hub_domain, h.title AS hub_title
FROM deliveries d JOIN portals p ON p.id = d.portal_id
    LEFT JOIN routes r ON r.id = d.route_id LEFT JOIN portals h ON h.id = r.hub_id
"""

_MINE = "(d.portal_id = $1 OR d.route_id IN (SELECT id FROM routes WHERE hub_id = $1))"

# What was sent and what came by each route are read apart, or no index could serve both.
_PAGE = f"""
WITH mine AS (
    (SELECT id FROM deliveries WHERE portal_id = $1 AND state = ANY ($2) AND id < $3
        ORDER BY id DESC LIMIT $4)
    UNION ALL
    SELECT came.id FROM routes CROSS JOIN LATERAL (
        SELECT id FROM deliveries WHERE route_id = routes.id AND state = ANY ($2) AND id < $3
        ORDER BY id DESC LIMIT $4
    ) came WHERE routes.hub_id = $1
    ORDER BY id DESC LIMIT $4
)
{_ROW} WHERE d.id IN (SELECT id FROM mine) ORDER BY d.id DESC
"""

_COUNTS = """
SELECT state, count(*) AS n FROM (
    SELECT state FROM deliveries WHERE portal_id = $1
    UNION ALL
    SELECT state FROM deliveries WHERE route_id IN (SELECT id FROM routes WHERE hub_id = $1)
) mine GROUP BY state
"""
_AFTER_ALL = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One delivery with the names of both portals."""

    id: UUID
    deal_id: str
    title: str | None
    amount: str | None
    currency: str | None
    state: str
    failures: int
    hub_deal_id: str | None
    received_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    problem: str | None
    problem_params: dict[str, Any]
    partner_domain: str
    partner_title: str
    hub_domain: str | None
    hub_title: str | None


def _row(record: "asyncpg.Record") -> LogRow:
    return LogRow(**record)


class DeliveryLog:
    """Deliveries that the portal `portal_id` sent or received; nothing else can be read through it."""

    def __init__(self, pool: Pool, portal_id: UUID) -> None:
        self._pool = pool
        self._portal_id = portal_id

    async def page(self, group: str | None, before: UUID | None, limit: int) -> list[LogRow]:
        """Newest first; `group` is a key of GROUPS, `before` the last id of the page above."""
        states = GROUPS[group] if group else sum(GROUPS.values(), ["cancelled"])
        rows = await self._pool.fetch(_PAGE, self._portal_id, states, before or _AFTER_ALL, limit)
        return [_row(row) for row in rows]

    async def counts(self) -> dict[str, int]:
        """How many deliveries each group of states holds."""
        rows = await self._pool.fetch(_COUNTS, self._portal_id)
        by_state = {row["state"]: row["n"] for row in rows}
        return {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}

    async def side(self) -> str:
        """`partner`, `hub`, `both` or `none`: the portal's part in its routes."""
        row = await self._pool.fetchrow(
            "SELECT coalesce(bool_or(partner_id = $1), false) AS partner,"
            " coalesce(bool_or(hub_id = $1), false) AS hub"
            " FROM routes WHERE $1 IN (partner_id, hub_id) AND state <> 'ended'",
            self._portal_id,
        )
        assert row is not None
        if row["partner"] and row["hub"]:
            return "both"
        return "partner" if row["partner"] else "hub" if row["hub"] else "none"

    async def one(self, delivery_id: UUID) -> tuple[LogRow, list[Step]] | None:
        """A delivery with its journal; None if there is none that this portal may see."""
        row = await self._pool.fetchrow(f"{_ROW} WHERE {_MINE} AND d.id = $2", self._portal_id, delivery_id)
        if row is None:
            return None
        steps = await self._pool.fetch(
            "SELECT at, kind, code, params, took_ms FROM steps WHERE delivery_id = $1 ORDER BY at, id",
            delivery_id,
        )
        return _row(row), [Step(**step) for step in steps]
