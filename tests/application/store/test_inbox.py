"""A robot call is kept exactly once, together with whatever arrives at the same moment."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from application.store.database import Pool, connect
from application.store.inbox import MAX_WAITING, Inbox, InboxFull
from tests.application.store.conftest import open_inbox
from tests.application.store.rows import Rows, new_call
from tests.application.tasks import running


@pytest.fixture
async def other_inbox(database_url: str) -> AsyncIterator[Inbox]:
    """The inbox of a second web process."""
    pool = await connect(database_url, size=2)
    try:
        async with open_inbox(pool) as opened:
            yield opened
    finally:
        await pool.close()


async def test_a_call_that_comes_twice_is_one_delivery(inbox: Inbox, rows: Rows) -> None:
    partner, _ = await rows.lane()
    call = new_call(partner.id)
    assert await inbox.put(call) is True
    assert await inbox.put(call) is False
    assert await rows.count() == 1


async def test_a_call_that_comes_twice_in_the_same_instant_is_one_delivery(inbox: Inbox, rows: Rows) -> None:
    partner, _ = await rows.lane()
    call = new_call(partner.id)
    answers = await asyncio.gather(*(inbox.put(call) for _ in range(20)))
    assert sorted(answers) == [False] * 19 + [True]
    assert await rows.count() == 1


async def test_the_same_calls_at_two_web_processes_in_any_order_are_stored_once(
    inbox: Inbox, other_inbox: Inbox, rows: Rows
) -> None:
    partners = [await rows.lane() for _ in range(3)]
    calls = [new_call(partner.id, number) for number in range(60) for partner, _ in partners]
    for _ in range(5):
        calls = [new_call(call.portal_id, call.deal_id) for call in calls]
        answers = await asyncio.gather(
            *(inbox.put(call) for call in calls), *(other_inbox.put(call) for call in reversed(calls))
        )
        assert sum(answers) == len(calls)
    assert await rows.count() == 5 * len(calls)


async def test_the_same_key_from_two_portals_is_two_deliveries(inbox: Inbox, rows: Rows) -> None:
    (one, _), (other, _) = await rows.lane(), await rows.lane()
    key = secrets.token_bytes(32)
    assert await asyncio.gather(inbox.put(new_call(one.id, key=key)), inbox.put(new_call(other.id, key=key)))
    assert await rows.count() == 2


async def test_calls_that_arrive_together_are_committed_together(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, _ = await rows.lane()
    await asyncio.gather(*(inbox.put(new_call(partner.id, number)) for number in range(200)))
    moments = await pool.fetchval("SELECT count(DISTINCT received_at) FROM deliveries")
    assert moments <= 3  # the first call goes alone, the others while it is being committed


async def test_a_client_that_goes_away_neither_loses_its_call_nor_stops_the_others(
    pool: Pool, rows: Rows
) -> None:
    partner, _ = await rows.lane()
    inbox = Inbox(pool)
    waiters = [asyncio.create_task(inbox.put(new_call(partner.id, number))) for number in range(10)]
    await asyncio.sleep(0)
    for waiter in waiters[::2]:
        waiter.cancel()
    async with running(inbox.run()), asyncio.timeout(10):
        answers = await asyncio.gather(*waiters, return_exceptions=True)
        assert [answer for answer in answers if answer is True] == [True] * 5
        assert await inbox.put(new_call(partner.id, 99)) is True
    assert await rows.count() == 11


async def test_a_call_of_an_erased_portal_is_refused_without_its_neighbours(pool: Pool, rows: Rows) -> None:
    (partner, _), erased = await rows.lane(), await rows.portal()
    await pool.execute("DELETE FROM portals WHERE id = $1", erased.id)
    calls = [new_call(partner.id, 1), new_call(erased.id, 2), new_call(partner.id, 3)]
    inbox = Inbox(pool)
    waiters = [asyncio.create_task(inbox.put(call)) for call in calls]
    await asyncio.sleep(0)
    async with running(inbox.run()):
        first, refused, last = await asyncio.gather(*waiters, return_exceptions=True)
    assert (first, last) == (True, True)
    assert isinstance(refused, asyncpg.ForeignKeyViolationError)
    assert await rows.count() == 2


async def test_calls_get_through_while_their_route_is_added_again(
    inbox: Inbox, rows: Rows, pool: Pool
) -> None:
    partner, hub = await rows.portal(), await rows.portal()
    await rows.route(partner, hub)

    async def add_again() -> None:
        for _ in range(40):
            with suppress(asyncpg.DeadlockDetectedError):  # an operator's command may be repeated
                await rows.route(partner, hub)

    async def call() -> None:
        for number in range(60):
            assert await inbox.put(new_call(partner.id, number))

    await asyncio.gather(add_again(), *(call() for _ in range(4)))
    assert await rows.count() == 240


async def test_a_full_inbox_says_so_at_once_and_stores_what_it_has_taken(pool: Pool, rows: Rows) -> None:
    partner, _ = await rows.lane()
    inbox = Inbox(pool)
    waiters = [asyncio.create_task(inbox.put(new_call(partner.id, number))) for number in range(MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(InboxFull):
        await inbox.put(new_call(partner.id, 3))
    async with running(inbox.run()):
        assert all(await asyncio.gather(*waiters))


async def test_while_the_database_refuses_every_caller_hears_of_it_and_later_calls_are_taken(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, _ = await rows.lane()
    await pool.execute("ALTER TABLE deliveries RENAME TO away")
    try:
        answers = await asyncio.gather(
            *(inbox.put(new_call(partner.id, number)) for number in range(5)), return_exceptions=True
        )
    finally:
        await pool.execute("ALTER TABLE away RENAME TO deliveries")
    assert all(isinstance(answer, asyncpg.PostgresError) for answer in answers)
    assert await inbox.put(new_call(partner.id, 9)) is True


async def test_a_stored_call_wakes_its_lane_and_is_in_the_journal(
    pool: Pool, inbox: Inbox, rows: Rows
) -> None:
    partner, lane = await rows.lane()
    await inbox.put(new_call(partner.id))
    assert (await rows.lane_row(lane))["due_in"] <= 0
    delivery_id = await pool.fetchval("SELECT id FROM deliveries")
    assert await rows.journal(delivery_id) == ["received"]
