"""The connection pool, how its failures are recognised, and the migrations."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from pogo_core.util import migrate as pogo
from pogo_core.util import sql as pogo_sql

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:  # asyncpg's classes are generic in its stubs only
    Pool = asyncpg.Pool
    Connection = asyncpg.pool.PoolConnectionProxy

MIGRATIONS = Path(__file__).parent / "migrations"
COMMAND_SECONDS = 30.0
CONNECT_SECONDS = 5.0
_MIGRATION_LOCK = 0x623234  # "b24": one migrating process at a time

UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    # A connection that was cut off in the middle of a statement; the pool throws it away.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalServerError,
)
"""What a statement raises while PostgreSQL is away, starting, stopping or full."""

DATABASE_ERRORS = (*UNAVAILABLE, asyncpg.PostgresError)
"""Anything that a statement or a connection may fail with."""


class MigrationNeeded(Exception):
    """The database lacks a migration that this version of the bridge needs."""


def storable(value: Any) -> Any:
    """The same with what PostgreSQL cannot hold replaced: NUL and half characters, which JSON may carry."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def connect(url: str, *, size: int = 10) -> Pool:
    """A pool that opens connections when they are needed, so that it can be made while PostgreSQL is away."""
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        init=_prepare,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": "b24-bridge"},
    )


async def listen(url: str, channel: str, heard: Callable[[], None]) -> None:
    """Call `heard` for each notification, and once at the start; returns when the connection is gone."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    gone = asyncio.Event()
    try:
        connection.add_termination_listener(lambda *_: gone.set())
        await connection.add_listener(channel, lambda *_: heard())
        heard()
        await gone.wait()
    finally:
        connection.terminate()


def _names() -> set[str]:
    return {path.stem for path in MIGRATIONS.glob("*.sql")}


async def _applied(connection: Any) -> set[str]:
    if await connection.fetchval("SELECT to_regclass('public._pogo_migration')") is None:
        return set()
    return await pogo_sql.get_applied_migrations(connection, schema_name="public")


async def migrate(url: str) -> list[str]:
    """Apply what is missing, under an advisory lock; returns the names of the applied migrations."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        await connection.execute("SET client_min_messages = warning")
        await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        # A migration must not queue behind a long transaction and block the running bridge meanwhile.
        await connection.execute("SET lock_timeout = '5s'")
        missing = sorted(_names() - await _applied(connection))
        if missing:
            await pogo.apply(connection, MIGRATIONS, schema_name="public")
        return missing
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def check_migrated(pool: Pool) -> None:
    """Raise MigrationNeeded unless every migration of this version is there."""
    async with pool.acquire() as connection:
        missing = sorted(_names() - await _applied(connection))
    if missing:
        raise MigrationNeeded(", ".join(missing))
