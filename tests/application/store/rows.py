"""Portals, routes and deliveries put into the tables the way the bridge puts them there."""

import itertools
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from application.model import Delivery, Portal, PortalState, ReentryPolicy
from application.store.database import Pool
from application.store.inbox import NewDelivery
from application.store.lanes import Lanes
from application.store.portals import Portals
from application.store.routes import Routes
from mappings.model import Mapping

LEASE = timedelta(seconds=30)
_NUMBERS = itertools.count(1)


def new_call(portal_id: UUID, deal_id: int | str = 1, key: bytes | None = None) -> NewDelivery:
    return NewDelivery(portal_id, key or secrets.token_bytes(32), "send_deal", str(deal_id), b"sealed")


class Rows:
    """Short ways to a populated database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def portal(self) -> Portal:
        application_id = await self._pool.fetchval(
            "INSERT INTO applications (id, client_id, client_secret, kind) VALUES ($1, $2, '', 'market')"
            " RETURNING id",
            uuid7(), secrets.token_hex(8),
        )  # fmt: skip
        return await Portals(self._pool).install(
            member_id=secrets.token_hex(16), application_id=application_id,
            domain=f"portal{next(_NUMBERS)}.example", server_endpoint="https://oauth.example/rest/",
            language="en", scopes=["crm"], application_token_hash=b"hash", state=PortalState.ACTIVE,
        )  # fmt: skip

    async def route(self, partner: Portal, hub: Portal) -> UUID:
        body = Mapping.default().model_dump(mode="json")
        return await Routes(self._pool).add(partner.id, hub.id, body, ReentryPolicy.UPDATE)

    async def lane(self) -> tuple[Portal, UUID]:
        """A partner with a route of its own to a hub of its own; the route's lane sleeps."""
        partner, hub = await self.portal(), await self.portal()
        route = await self.route(partner, hub)
        await self.set_lane(route, None)
        return partner, route

    async def set_lane(self, lane: UUID, seconds: float | None) -> None:
        """Make the lane due `seconds` from now (negative: it has been due for a while), or let it sleep."""
        due = None if seconds is None else timedelta(seconds=seconds)
        await self._pool.execute(
            "UPDATE lanes SET owner = NULL, due_at = now() + $2 WHERE id = $1", lane, due
        )

    async def lane_row(self, lane: UUID) -> dict[str, Any]:
        row = await self._pool.fetchrow(
            "SELECT *, extract(epoch FROM due_at - now())::float8 AS due_in FROM lanes WHERE id = $1", lane
        )
        assert row is not None
        return dict(row)

    async def delivery(self, delivery_id: UUID) -> dict[str, Any]:
        row = await self._pool.fetchrow(
            "SELECT *, extract(epoch FROM run_at - now())::float8 AS runs_in FROM deliveries WHERE id = $1",
            delivery_id,
        )
        assert row is not None
        return dict(row)

    async def journal(self, delivery_id: UUID) -> list[str]:
        rows = await self._pool.fetch(
            "SELECT kind FROM steps WHERE delivery_id = $1 ORDER BY id", delivery_id
        )
        return [row["kind"] for row in rows]

    async def count(self) -> int:
        return int(await self._pool.fetchval("SELECT count(*) FROM deliveries") or 0)

    def worker(self, lease: timedelta = LEASE) -> Lanes:
        """The queue as one more worker sees it."""
        return Lanes(self._pool, uuid7(), lease)

    async def lose(self, lane: UUID) -> None:
        """The lease of whoever holds the lane has run out."""
        await self._pool.execute("UPDATE lanes SET due_at = now() WHERE id = $1", lane)

    async def take_one(self, worker: Lanes, lane: UUID) -> Delivery:
        assert lane in await worker.claim(10, [])
        taken = await worker.take(lane, 10)
        assert len(taken) == 1
        return taken[0]
