"""How much group commit at the door is worth: calls per second with it and without it, in one run.

Run `python -m benchmarks.inbox`. The claim: at 64 calls at a time, calls that share a transaction are
stored at least twice as fast as calls that have one each (docs/promises.md, first line).
"""

import asyncio
import os
import time

from uuid_utils.compat import uuid7

from application.crypto import KeyRing, new_key
from application.embedded import servers
from application.model import PortalState
from application.store.database import Pool, connect, migrate
from application.store.inbox import Inbox, NewDelivery
from application.store.portals import Applications, Portals

CALLS = 4000
AT_A_TIME = 64


async def _portal(pool: Pool) -> NewDelivery:
    """A portal to receive calls, and a call to copy."""
    applications = Applications(pool, KeyRing([new_key()]))
    await applications.save(f"local.{uuid7().hex}", "secret", "local", "benchmark")
    application = await pool.fetchval("SELECT id FROM applications LIMIT 1")
    portal = await Portals(pool).install(
        member_id=uuid7().hex,
        application_id=application,
        domain="benchmark.example",
        server_endpoint="https://oauth.example/rest/",
        language="en",
        scopes=[],
        application_token_hash=None,
        state=PortalState.ACTIVE,
    )
    return NewDelivery(portal.id, b"", "send_deal", "1", os.urandom(900))


def _call(model: NewDelivery, number: int) -> NewDelivery:
    return NewDelivery(model.portal_id, os.urandom(32), model.robot, str(number), model.payload)


async def _rate(inboxes: list[Inbox], model: NewDelivery) -> float:
    """Calls per second with AT_A_TIME callers, each keeping to one of `inboxes`."""
    numbers = iter(range(CALLS))

    async def caller(inbox: Inbox) -> None:
        for number in numbers:
            await inbox.put(_call(model, number))

    writers = [asyncio.create_task(inbox.run()) for inbox in inboxes]
    started = time.monotonic()
    await asyncio.gather(*(caller(inboxes[index % len(inboxes)]) for index in range(AT_A_TIME)))
    seconds = time.monotonic() - started
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    return CALLS / seconds


async def main() -> None:
    async with servers() as own:
        await migrate(own.database_url)
        pool = await connect(own.database_url, size=AT_A_TIME)
        model = await _portal(pool)
        try:
            # One inbox for each caller: no call finds another to share its transaction with.
            apart = await _rate([Inbox(pool) for _ in range(AT_A_TIME)], model)
            together = await _rate([Inbox(pool)], model)
        finally:
            await Portals(pool).erase(model.portal_id)
            await pool.close()
    print(f"one transaction each: {apart:.0f}/s")
    print(f"group commit:         {together:.0f}/s")
    print(f"ratio:                {together / apart:.1f}")


if __name__ == "__main__":
    asyncio.run(main())
