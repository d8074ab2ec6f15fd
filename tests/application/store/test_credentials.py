"""Tokens and secrets lie sealed, and one user owns a portal."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from application.crypto import CannotOpen, KeyRing, new_key
from application.model import Portal
from application.store.credentials import Credentials
from application.store.database import Pool
from application.store.portals import Applications
from tests.application.store.rows import Rows

SOON = timedelta(hours=1)


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing([new_key()])


@pytest.fixture
async def portal(rows: Rows) -> Portal:
    return await rows.portal()


@pytest.fixture
def credentials(pool: Pool, keys: KeyRing, portal: Portal) -> Credentials:
    return Credentials(pool, keys, portal.id)


async def _save(
    credentials: Credentials, user_id: int, token: str, role: str, after: timedelta = SOON
) -> None:
    await credentials.save(user_id, token, f"refresh-{token}", datetime.now(UTC) + after, role)


async def _roles(pool: Pool) -> dict[int, str]:
    return {row["user_id"]: row["role"] for row in await pool.fetch("SELECT * FROM credentials")}


async def test_no_token_and_no_secret_lies_readable_in_any_table(
    pool: Pool, credentials: Credentials, keys: KeyRing
) -> None:
    await Applications(pool, keys).save("app.1", "client-secret-in-clear", "market", "")
    await _save(credentials, 1, "token-in-clear", "owner")
    seen = b""
    for table in await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for row in await pool.fetch(f"TABLE {table['tablename']}"):
            for value in row.values():
                seen += value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
    assert b"in-clear" not in seen
    owner = await credentials.owner()
    assert owner is not None
    assert (owner.access_token, owner.refresh_token) == ("token-in-clear", "refresh-token-in-clear")


async def test_tokens_do_not_show_when_a_credential_is_printed(credentials: Credentials) -> None:
    await _save(credentials, 1, "token-in-clear", "owner")
    assert "in-clear" not in repr(await credentials.owner())


async def test_a_new_owner_leaves_the_old_one_as_standby(pool: Pool, credentials: Credentials) -> None:
    await _save(credentials, 1, "one", "owner")
    await _save(credentials, 2, "two", "owner")
    assert await _roles(pool) == {1: "standby", 2: "owner"}


async def test_two_installs_at_the_same_moment_make_one_owner(pool: Pool, credentials: Credentials) -> None:
    await asyncio.gather(*(_save(credentials, user, f"t{user}", "owner") for user in range(1, 9)))
    assert sorted((await _roles(pool)).values()) == ["owner"] + ["standby"] * 7


async def test_an_owner_who_opens_a_page_stays_the_owner(pool: Pool, credentials: Credentials) -> None:
    await _save(credentials, 1, "old", "owner")
    await _save(credentials, 1, "new", "standby", timedelta(hours=2))
    assert await _roles(pool) == {1: "owner"}
    owner = await credentials.owner()
    assert owner is not None
    assert owner.access_token == "new"


async def test_an_older_pair_does_not_replace_a_newer_one(credentials: Credentials) -> None:
    await _save(credentials, 1, "newer", "owner", timedelta(hours=2))
    await _save(credentials, 1, "older", "standby", timedelta(hours=1))
    owner = await credentials.owner()
    assert owner is not None
    assert owner.access_token == "newer"


async def test_a_sealed_token_that_was_moved_to_another_column_does_not_open(
    pool: Pool, credentials: Credentials
) -> None:
    await _save(credentials, 1, "token", "owner")
    await pool.execute("UPDATE credentials SET refresh_token = access_token")
    with pytest.raises(CannotOpen):
        await credentials.owner()


async def test_the_old_refresh_token_is_kept_until_somebody_saves_a_new_pair(
    credentials: Credentials,
) -> None:
    await _save(credentials, 1, "one", "owner")
    async with credentials.locked(1) as (connection, current):
        assert current is not None
        await credentials.rotate(connection, current, "two", "refresh-two", current.expires_at)
    owner = await credentials.owner()
    assert owner is not None
    assert (owner.access_token, owner.previous_refresh) == ("two", "refresh-one")
