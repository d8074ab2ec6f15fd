"""What we registered on each portal, and when it is looked at next."""

from datetime import timedelta
from uuid import UUID

from application.store.database import Pool


class Registrations:
    """Fingerprints of the declarations a portal was given, and the clock of the registration round."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(self, portal_id: UUID, part: str, fingerprint: str | None) -> None:
        """Remember that `part` (such as `robot:send_deal`) stands as declared; None forgets it."""
        await self._pool.execute(
            "UPDATE portals SET registered = CASE WHEN $3::text IS NULL THEN registered - $2::text"
            " ELSE registered || jsonb_build_object($2::text, $3::text) END WHERE id = $1",
            portal_id, part, fingerprint,
        )  # fmt: skip

    async def forget(self, portal_id: UUID) -> None:
        """The portal wiped what we had registered; bring it back soon."""
        await self._pool.execute(
            "UPDATE portals SET registered = '{}', register_at = now(), register_failures = 0 WHERE id = $1",
            portal_id,
        )

    async def schedule(self, portal_id: UUID, after: timedelta) -> None:
        await self._pool.execute(
            "UPDATE portals SET register_at = now() + $2 WHERE id = $1 AND state <> 'uninstalled'",
            portal_id, after,
        )  # fmt: skip

    async def take_due(self, lease: timedelta) -> list[UUID]:
        """Portals whose turn it is; each is given to one process and comes back after `lease`."""
        rows = await self._pool.fetch(
            "WITH due AS (SELECT id FROM portals WHERE register_at <= now() AND state <> 'uninstalled'"
            " ORDER BY register_at LIMIT 4 FOR UPDATE SKIP LOCKED)"
            " UPDATE portals SET register_at = now() + $1, register_failures = register_failures + 1"
            " FROM due WHERE portals.id = due.id RETURNING portals.id",
            lease,
        )
        return [row["id"] for row in rows]

    async def finished(self, portal_id: UUID, again: timedelta) -> None:
        await self._pool.execute(
            "UPDATE portals SET register_at = now() + $2, register_failures = 0"
            " WHERE id = $1 AND state <> 'uninstalled'",
            portal_id, again,
        )  # fmt: skip

    async def failures(self, portal_id: UUID) -> int:
        value = await self._pool.fetchval("SELECT register_failures FROM portals WHERE id = $1", portal_id)
        return int(value or 0)
