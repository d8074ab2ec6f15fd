"""Access to a portal is renewed once for everybody who needs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from application.bitrix.oauth import OAuth
from application.bitrix.transport import Transport
from application.errors import PortalUnavailable
from application.model import Portal
from application.store.credentials import Credential, Credentials
from application.store.database import Pool, connect
from application.tokens import Tokens
from tests.application.bench import Bench, name_of
from tests.application.tasks import blocked, until


@asynccontextmanager
async def _process(bench: Bench, pool: Pool) -> AsyncIterator[Tokens]:
    """The tokens as one more process holds them."""
    transport = Transport(private_hosts=("*.b24.localhost",), ca_file=Path(bench.control.ca_file))
    try:
        yield Tokens(pool, bench.engine.keys, OAuth(transport, bench.engine.settings.oauth_servers))
    finally:
        await transport.close()


@pytest.fixture
async def tokens(bench: Bench, pool: Pool) -> AsyncIterator[Tokens]:
    async with _process(bench, pool) as opened:
        yield opened


@pytest.fixture
async def portal(bench: Bench) -> Portal:
    return await bench.portal()


async def _owner(bench: Bench, pool: Pool, portal: Portal) -> Credential:
    owner = await Credentials(pool, bench.engine.keys, portal.id).owner()
    assert owner is not None
    return owner


async def _grow_old(pool: Pool) -> None:
    await pool.execute("UPDATE credentials SET expires_at = now() - interval '1 minute'")


async def test_an_expired_token_is_refreshed_once_for_twenty_callers(
    bench: Bench, pool: Pool, tokens: Tokens, portal: Portal
) -> None:
    before = await _owner(bench, pool, portal)
    await _grow_old(pool)
    found = await asyncio.gather(*(tokens.get(portal) for _ in range(20)))
    after = await _owner(bench, pool, portal)
    assert set(found) == {after.access_token} != {before.access_token}
    assert after.previous_refresh == before.refresh_token


async def test_two_processes_refresh_once_between_them(
    bench: Bench, pool: Pool, tokens: Tokens, portal: Portal
) -> None:
    before = await _owner(bench, pool, portal)
    await _grow_old(pool)
    async with _process(bench, pool) as others:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT 1 FROM credentials FOR UPDATE")
            callers = [asyncio.create_task(one.get(portal)) for one in (tokens, others) for _ in range(10)]
            await until(lambda: blocked(pool, 2))  # both processes have seen the old token
        found = await asyncio.gather(*callers)
    after = await _owner(bench, pool, portal)
    assert set(found) == {after.access_token}
    assert after.previous_refresh == before.refresh_token


async def test_a_token_that_the_portal_turned_down_is_refreshed_once_for_all(
    bench: Bench, pool: Pool, tokens: Tokens, portal: Portal
) -> None:
    turned_down = await tokens.get(portal)
    found = await asyncio.gather(*(tokens.get(portal, refused=turned_down) for _ in range(20)))
    assert set(found) == {(await _owner(bench, pool, portal)).access_token} != {turned_down}
    assert set(await asyncio.gather(*(tokens.get(portal) for _ in range(3)))) == set(found)


async def test_another_process_finds_the_new_token_without_refreshing(
    bench: Bench, pool: Pool, tokens: Tokens, portal: Portal
) -> None:
    async with _process(bench, pool) as others:
        old = await others.get(portal)
        new = await tokens.get(portal, refused=old)
        assert await others.get(portal, refused=old) == new


async def test_a_refresh_that_is_refused_needs_a_person(
    bench: Bench, pool: Pool, tokens: Tokens, portal: Portal
) -> None:
    await bench.control.fault("revoke_tokens", name_of(portal))
    await _grow_old(pool)
    with pytest.raises(PortalUnavailable) as refused:
        await tokens.get(portal)
    assert (refused.value.code, refused.value.member_id) == ("refresh_refused", portal.member_id)


async def test_a_portal_without_an_owner_needs_a_person(pool: Pool, tokens: Tokens, portal: Portal) -> None:
    await pool.execute("DELETE FROM credentials")
    with pytest.raises(PortalUnavailable) as refused:
        await tokens.get(portal)
    assert refused.value.code == "no_owner"


async def test_more_portals_than_connections_can_be_refreshed_at_once(
    bench: Bench, database_url: str
) -> None:
    portals = [await bench.portal() for _ in range(4)]
    await _grow_old(bench.engine.pool)
    pool = await connect(database_url, size=2)
    try:
        async with _process(bench, pool) as tokens, asyncio.timeout(10):
            assert len(set(await asyncio.gather(*(tokens.get(portal) for portal in portals)))) == 4
    finally:
        await pool.close()
