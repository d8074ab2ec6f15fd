"""Tokens of portal users, sealed, refreshed by one process at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.crypto import KeyRing
from application.store.database import Connection, Pool

if TYPE_CHECKING:
    import asyncpg

_NEWER = "SET access_token = excluded.access_token, refresh_token = excluded.refresh_token"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token pair of one user of one portal; `previous_refresh` is kept until the new pair has worked."""

    user_id: int
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    previous_refresh: str | None = field(repr=False)
    expires_at: datetime


class Credentials:
    """The credentials of one portal."""

    def __init__(self, pool: Pool, keys: KeyRing, portal_id: UUID) -> None:
        self._pool = pool
        self._keys = keys
        self._portal_id = portal_id

    def _read(self, row: "asyncpg.Record") -> Credential:
        previous = row["previous_refresh"]
        return Credential(
            user_id=row["user_id"],
            access_token=self._keys.open(row["access_token"], "access_token"),
            refresh_token=self._keys.open(row["refresh_token"], "refresh_token"),
            previous_refresh=self._keys.open(previous, "refresh_token") if previous else None,
            expires_at=row["expires_at"],
        )

    async def save(self, user_id: int, access: str, refresh: str, expires_at: datetime, role: str) -> None:
        """Keep a user's pair if it is newer than ours. `owner` takes the role only where nobody has it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT 1 FROM portals WHERE id = $1 FOR UPDATE", self._portal_id)
            if role == "owner":
                await connection.execute(
                    "UPDATE credentials SET role = 'standby' WHERE portal_id = $1 AND role = 'owner'"
                    " AND user_id <> $2",
                    self._portal_id, user_id,
                )  # fmt: skip
            await connection.execute(
                "INSERT INTO credentials AS c"
                " (portal_id, user_id, role, access_token, refresh_token, expires_at)"
                " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (portal_id, user_id) DO UPDATE"
                f" {_NEWER}, previous_refresh = NULL, expires_at = excluded.expires_at, refreshed_at = now(),"
                " role = CASE WHEN c.role = 'owner' THEN c.role ELSE excluded.role END"
                " WHERE excluded.expires_at >= c.expires_at OR excluded.role = 'owner'",
                self._portal_id, user_id, role, self._keys.seal(access, "access_token"),
                self._keys.seal(refresh, "refresh_token"), expires_at,
            )  # fmt: skip

    async def owner(self) -> Credential | None:
        """The pair that background work uses."""
        row = await self._pool.fetchrow(
            "SELECT * FROM credentials WHERE portal_id = $1 AND role = 'owner'", self._portal_id
        )
        return self._read(row) if row else None

    @asynccontextmanager
    async def locked(self, user_id: int) -> AsyncIterator[tuple[Connection, Credential | None]]:
        """Hold the user's row: whoever else wants to refresh it waits, then finds the new pair."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "SELECT * FROM credentials WHERE portal_id = $1 AND user_id = $2 FOR UPDATE",
                self._portal_id, user_id,
            )  # fmt: skip
            yield connection, self._read(row) if row else None

    async def rotate(
        self, connection: Connection, old: Credential, access: str, refresh: str, expires_at: datetime
    ) -> None:
        """Replace the pair inside `locked`; the old refresh token is kept for recovery."""
        await connection.execute(
            "UPDATE credentials SET access_token = $3, refresh_token = $4, previous_refresh = $5,"
            " expires_at = $6, refreshed_at = now() WHERE portal_id = $1 AND user_id = $2",
            self._portal_id, old.user_id, self._keys.seal(access, "access_token"),
            self._keys.seal(refresh, "refresh_token"), self._keys.seal(old.refresh_token, "refresh_token"),
            expires_at,
        )  # fmt: skip
