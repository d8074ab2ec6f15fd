"""Applications, portals and what is registered on them."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from uuid_utils.compat import uuid7

from application.crypto import KeyRing
from application.model import Application, Portal, PortalState
from application.store.database import Pool

if TYPE_CHECKING:
    import asyncpg

_COLUMNS = (
    "id, member_id, domain, title, language, server_endpoint, license_family, application_id,"
    " application_token_hash, scopes, state, problem, registered"
)


def _portal(row: "asyncpg.Record") -> Portal:
    return Portal(**{**row, "scopes": tuple(row["scopes"]), "state": PortalState(row["state"])})


class Applications:
    """The registrations of our app at Bitrix24; secrets are sealed."""

    def __init__(self, pool: Pool, keys: KeyRing) -> None:
        self._pool = pool
        self._keys = keys

    async def save(self, client_id: str, client_secret: str, kind: str, title: str) -> None:
        """Add an application, or replace its secret."""
        await self._pool.execute(
            "INSERT INTO applications (id, client_id, client_secret, kind, title)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client_id)"
            " DO UPDATE SET client_secret = excluded.client_secret, title = excluded.title",
            uuid7(), client_id, self._keys.seal(client_secret, "client_secret"), kind, title,
        )  # fmt: skip

    def _read(self, row: "asyncpg.Record | None") -> Application | None:
        if row is None:
            return None
        secret = self._keys.open(row["client_secret"], "client_secret")
        return Application(row["id"], row["client_id"], secret, row["kind"], row["title"])

    async def by_client_id(self, client_id: str) -> Application | None:
        return self._read(
            await self._pool.fetchrow("SELECT * FROM applications WHERE client_id = $1", client_id)
        )

    async def get(self, application_id: UUID) -> Application | None:
        return self._read(
            await self._pool.fetchrow("SELECT * FROM applications WHERE id = $1", application_id)
        )

    async def count(self) -> int:
        return int(await self._pool.fetchval("SELECT count(*) FROM applications") or 0)


class Portals:
    """The portals that know us."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def by_member_id(self, member_id: str) -> Portal | None:
        row = await self._pool.fetchrow(f"SELECT {_COLUMNS} FROM portals WHERE member_id = $1", member_id)
        return _portal(row) if row else None

    async def get(self, portal_id: UUID) -> Portal | None:
        row = await self._pool.fetchrow(f"SELECT {_COLUMNS} FROM portals WHERE id = $1", portal_id)
        return _portal(row) if row else None

    async def find(self, name: str) -> Portal | None:
        """By member_id or by domain, as an operator types it."""
        row = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM portals WHERE member_id = $1 OR lower(domain) = lower($1)"
            " ORDER BY state = 'active' DESC LIMIT 1",
            name,
        )
        return _portal(row) if row else None

    async def install(
        self, *, member_id: str, application_id: UUID, domain: str, server_endpoint: str, language: str,
        scopes: list[str], application_token_hash: bytes | None, state: PortalState,
    ) -> Portal:  # fmt: skip
        """Add the portal or bring its row up to date; a token hash that is not given stays as it was."""
        row = await self._pool.fetchrow(
            "INSERT INTO portals AS p (id, member_id, application_id, domain, title,"
            " server_endpoint, language, scopes, application_token_hash, state)"
            " VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (member_id) DO UPDATE SET domain = excluded.domain,"
            " server_endpoint = excluded.server_endpoint, language = excluded.language,"
            " scopes = excluded.scopes, problem = NULL, parked_until = NULL,"
            " application_token_hash = coalesce(excluded.application_token_hash,"
            "   CASE WHEN p.application_id = excluded.application_id THEN p.application_token_hash END),"
            " registered = CASE WHEN p.application_id = excluded.application_id"
            "   AND p.state <> 'uninstalled' THEN p.registered ELSE '{}' END,"
            " application_id = excluded.application_id, state = excluded.state"
            f" RETURNING {_COLUMNS}",
            uuid7(), member_id, application_id, domain, server_endpoint, language, scopes,
            application_token_hash, state.value,
        )  # fmt: skip
        assert row is not None
        return _portal(row)

    async def learn_application_token(self, portal_id: UUID, token_hash: bytes) -> None:
        await self._pool.execute(
            "UPDATE portals SET application_token_hash = $2 WHERE id = $1", portal_id, token_hash
        )

    async def learn_license(self, portal_id: UUID, family: str) -> None:
        """`LICENSE_FAMILY` of the portal's `app.info` chooses its request limit."""
        await self._pool.execute("UPDATE portals SET license_family = $2 WHERE id = $1", portal_id, family)

    async def rename(self, portal_id: UUID, domain: str) -> None:
        """The portal has moved to another host; its identity stays."""
        await self._pool.execute("UPDATE portals SET domain = $2 WHERE id = $1", portal_id, domain)

    async def activate(self, portal_id: UUID) -> None:
        """The portal works again, or for the first time; its lanes are due at once."""
        await self._pool.execute(
            "UPDATE portals SET state = 'active', problem = NULL, parked_until = NULL"
            " WHERE id = $1 AND state <> 'uninstalled'",
            portal_id,
        )
        await self._pool.execute(
            "UPDATE lanes SET due_at = now(), seq = seq + 1 FROM routes WHERE lanes.id = routes.id"
            " AND $1 IN (routes.partner_id, routes.hub_id) AND lanes.owner IS NULL"
            " AND EXISTS (SELECT 1 FROM deliveries WHERE lane_id = lanes.id AND state = 'waiting')",
            portal_id,
        )

    async def park(self, member_id: str, problem: str, until: datetime) -> None:
        """Nothing is tried on this portal before `until`; its deliveries wait."""
        await self._pool.execute(
            "UPDATE portals SET state = 'parked', problem = $2, parked_until = $3"
            " WHERE member_id = $1 AND state IN ('active', 'parked')",
            member_id, problem, until,
        )  # fmt: skip

    async def uninstall(self, portal_id: UUID) -> None:
        """Tokens go at once; settings and the journal stay for a re-installation."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("DELETE FROM credentials WHERE portal_id = $1", portal_id)
            await connection.execute(
                "UPDATE portals SET state = 'uninstalled', problem = NULL, parked_until = NULL,"
                " registered = '{}', register_at = NULL WHERE id = $1",
                portal_id,
            )

    async def erase(self, portal_id: UUID) -> None:
        """Everything we know of this portal, by cascade."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM lanes USING routes WHERE lanes.id = routes.id"
                " AND $1 IN (routes.partner_id, routes.hub_id)",
                portal_id,
            )
            await connection.execute("DELETE FROM lanes WHERE id = $1", portal_id)
            await connection.execute("DELETE FROM portals WHERE id = $1", portal_id)
