"""Background work that ends with the block it was started for, and waiting for a condition."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from application.store.database import Pool

T = TypeVar("T")
DEADLINE = 15.0


async def blocked(pool: Pool, number: int) -> bool:
    """Whether that many statements of this database wait for a lock."""
    waiting = await pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(waiting == number)


@asynccontextmanager
async def running(work: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Task[Any]]:
    """Run it beside the block; a failure of its own is the block's failure too."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[T]], seconds: float = DEADLINE) -> T:
    """Wait until the condition gives something true, and return that."""
    give_up = time.monotonic() + seconds
    while not (last := await condition()):
        assert time.monotonic() < give_up, f"not within {seconds:.0f} s; last: {last!r}"
        await asyncio.sleep(0.01)
    return last
