"""Routes between partners and hubs, and the mappings they follow."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from uuid_utils.compat import uuid7

from application.model import ReentryPolicy, Route
from application.store.database import Connection, Pool

if TYPE_CHECKING:
    import asyncpg


_COLUMNS = "id, partner_id, hub_id, mapping_id, mapping_version, state, policy"


def _route(row: "asyncpg.Record") -> Route:
    return Route(**{**row, "policy": ReentryPolicy(row["policy"])})


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route as a list shows it."""

    id: UUID
    partner: str
    hub: str
    state: str
    waiting: int


class Routes:
    """All routes; who may see which is decided by the callers' portal-bound stores."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, route_id: UUID) -> Route | None:
        row = await self._pool.fetchrow(f"SELECT {_COLUMNS} FROM routes WHERE id = $1", route_id)
        return _route(row) if row else None

    async def add(
        self, partner_id: UUID, hub_id: UUID, mapping: dict[str, Any], policy: ReentryPolicy
    ) -> UUID:
        """Add the pair with a mapping of its own, or make the existing route active again; returns its id."""
        async with self._pool.acquire() as connection, connection.transaction():
            # The inbox locks lanes, then portals: in another order calls and this would block each other.
            await connection.execute(
                "SELECT 1 FROM lanes WHERE id IN"
                " (SELECT id FROM routes WHERE partner_id = $1 AND hub_id = $2) ORDER BY id FOR UPDATE",
                partner_id, hub_id,
            )  # fmt: skip
            await connection.execute("SELECT 1 FROM portals WHERE id = $1 FOR UPDATE", partner_id)
            found = await connection.fetchval(
                "UPDATE routes SET state = 'active', policy = $3"
                " WHERE partner_id = $1 AND hub_id = $2 AND state <> 'ended' RETURNING id",
                partner_id, hub_id, policy.value,
            )  # fmt: skip
            route_id: UUID = found or await _insert(connection, partner_id, hub_id, mapping, policy)
            await connection.execute(
                "INSERT INTO lanes AS l (id, due_at, seq) VALUES ($1, now(), 1)"
                " ON CONFLICT (id) DO UPDATE SET seq = l.seq + 1,"
                " due_at = CASE WHEN l.owner IS NULL THEN least(l.due_at, now()) ELSE l.due_at END",
                route_id,
            )
            # Calls that came before the partner had a route wait for exactly this moment.
            await connection.execute(
                "UPDATE deliveries SET route_id = $2, lane_id = $2, run_at = now()"
                " WHERE portal_id = $1 AND route_id IS NULL AND state = 'waiting'",
                partner_id, route_id,
            )  # fmt: skip
        return route_id

    async def set_state(self, route_id: UUID, state: str) -> bool:
        """Pause or resume; a resumed route's lane is due at once."""
        found = await self._pool.fetchval(
            "UPDATE routes SET state = $2 WHERE id = $1 AND state <> 'ended' RETURNING id", route_id, state
        )
        if found and state == "active":
            await self._pool.execute(
                "UPDATE lanes SET due_at = now(), seq = seq + 1 WHERE id = $1 AND owner IS NULL", route_id
            )
        return found is not None

    async def lines(self) -> list[RouteLine]:
        rows = await self._pool.fetch(
            "SELECT r.id, p.domain AS partner, h.domain AS hub, r.state, (SELECT count(*) FROM deliveries d"
            " WHERE d.lane_id = r.id AND d.state IN ('waiting', 'running')) AS waiting"
            " FROM routes r JOIN portals p ON p.id = r.partner_id JOIN portals h ON h.id = r.hub_id"
            " ORDER BY r.created_at"
        )
        return [RouteLine(**row) for row in rows]

    async def publish(self, route_id: UUID, body: dict[str, Any], comment: str) -> int | None:
        """Give the route a new version of its mapping; returns its number, None if there is no such route."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "SELECT mapping_id, mapping_version FROM routes"
                " WHERE id = $1 AND state <> 'ended' FOR UPDATE",
                route_id,
            )
            if row is None:
                return None
            version = int(row["mapping_version"]) + 1
            await connection.execute(
                "INSERT INTO mapping_versions (mapping_id, version, body, comment) VALUES ($1, $2, $3, $4)",
                row["mapping_id"], version, body, comment,
            )  # fmt: skip
            await connection.execute(
                "UPDATE routes SET mapping_version = $2 WHERE id = $1", route_id, version
            )
        return version

    async def mapping(self, mapping_id: UUID, version: int) -> dict[str, Any]:
        """The body of a published version; versions never change."""
        body: dict[str, Any] = await self._pool.fetchval(
            "SELECT body FROM mapping_versions WHERE mapping_id = $1 AND version = $2", mapping_id, version
        )
        return body


async def _insert(
    connection: Connection, partner_id: UUID, hub_id: UUID, mapping: dict[str, Any], policy: ReentryPolicy
) -> UUID:
    mapping_id: UUID = uuid7()
    route_id: UUID = uuid7()
    await connection.execute("INSERT INTO mappings (id, name) VALUES ($1, $2)", mapping_id, mapping["name"])
    await connection.execute(
        "INSERT INTO mapping_versions (mapping_id, version, body) VALUES ($1, 1, $2)", mapping_id, mapping
    )
    await connection.execute(
        "INSERT INTO routes (id, partner_id, hub_id, mapping_id, mapping_version, state, policy)"
        " VALUES ($1, $2, $3, $4, 1, 'active', $5)",
        route_id, partner_id, hub_id, mapping_id, policy.value,
    )  # fmt: skip
    return route_id
