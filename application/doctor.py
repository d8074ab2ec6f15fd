"""Examines an installation of the bridge and says in words what needs a person."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from application.addresses import addresses
from application.crypto import CannotOpen, KeyRing
from application.embedded import EmbeddedError
from application.limits import Limits
from application.settings import Settings, unknown_names
from application.store.database import DATABASE_ERRORS, MigrationNeeded, Pool, check_migrated, connect

_FREE_GIB = 1.0
_CLOCK_SECONDS = 5.0
_OLDEST = 15


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `says` includes the remedy where it is not good."""

    what: str
    good: bool
    says: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; one failure does not hide the next."""
    findings = [_settings(settings), *_misspelt(), _keys(settings), _disk(settings.data or Path())]
    try:
        async with addresses(settings, join=True) as found:
            findings += [Finding("servers", True, note) for note in found.notes]
            findings += await _database(found.database_url, settings)
            findings.append(await _redis(found.redis_url))
    except EmbeddedError as error:
        findings.append(Finding("servers", False, str(error)))
    return findings


def _settings(settings: Settings) -> Finding:
    if not settings.public_url:
        return Finding("settings", False, "BRIDGE_PUBLIC_URL is not set: portals could not reach the bridge.")
    if not settings.public_url.startswith("https://"):
        return Finding("settings", True, f"{settings.public_url} is not https: fit for a sandbox only.")
    return Finding("settings", True, f"portals reach the bridge under {settings.public_url}")


def _misspelt() -> list[Finding]:
    return [
        Finding("settings", False, f"{name} is no setting of the bridge; docs/settings.md lists them.")
        for name in unknown_names()
    ]


def _keys(settings: Settings) -> Finding:
    if settings.secret_keys:
        return Finding("keys", True, f"{len(settings.secret_keys)} sealing key(s)")
    if settings.database_url is None:
        return Finding("keys", True, "`run` keeps a key beside its data")
    return Finding("keys", False, "BRIDGE_SECRET_KEYS is not set; `b24-bridge keys new` makes a key.")


def _disk(folder: Path) -> Finding:
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(place).free / 2**30
    good = free >= _FREE_GIB
    return Finding(
        "disk", good, f"{free:.1f} GiB free" + ("" if good else "; make room, or PostgreSQL will stop.")
    )


async def _database(url: str, settings: Settings) -> list[Finding]:
    pool = await connect(url, size=1)
    try:
        before = time.time()
        row = await pool.fetchrow(
            "SELECT current_setting('server_version_num')::int AS version,"
            " extract(epoch FROM clock_timestamp()) AS clock"
        )
        assert row is not None
        version, drift = row["version"] // 10000, abs(float(row["clock"]) - (before + time.time()) / 2)
        findings = [
            Finding("database", version >= _OLDEST, f"PostgreSQL {version}"),
            Finding("clock", drift < _CLOCK_SECONDS, f"{drift:.1f} s apart from the database's"),
        ]
        if settings.database_url:
            await check_migrated(pool)
            findings.append(await _sealed(pool, settings))
    except MigrationNeeded as error:
        return [Finding("database", False, f"lacks {error}: run `b24-bridge migrate`.")]
    except DATABASE_ERRORS as error:
        return [
            Finding(
                "database", False, f"does not answer ({type(error).__name__}): check BRIDGE_DATABASE_URL."
            )
        ]
    finally:
        pool.terminate()
    return findings


async def _sealed(pool: Pool, settings: Settings) -> Finding:
    """Whether the keys at hand open what the database holds."""
    sealed = await pool.fetchval("SELECT client_secret FROM applications ORDER BY created_at LIMIT 1")
    if sealed is None or not settings.secret_keys:
        return Finding("sealed secrets", True, "none yet")
    try:
        KeyRing([key.get_secret_value() for key in settings.secret_keys]).open(sealed, "client_secret")
    except CannotOpen:
        return Finding(
            "sealed secrets", False, "BRIDGE_SECRET_KEYS lacks the key they were sealed with; put it back."
        )
    return Finding("sealed secrets", True, "the keys open them")


async def _redis(url: str | None) -> Finding:
    if url is None:
        return Finding("redis", True, "none: limits are kept per process, on the slower path")
    limits = Limits(url)
    try:
        good = await limits.ping()
    finally:
        await limits.close()
    return Finding(
        "redis",
        good,
        "answers" if good else "does not answer: the bridge goes on, slower; check BRIDGE_REDIS_URL.",
    )
