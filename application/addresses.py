"""Where the servers are: by the settings, or servers of our own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from application.embedded import FolderInUseError, running, servers
from application.settings import Settings


@dataclass(frozen=True, slots=True)
class Addresses:
    """PostgreSQL and Redis as this process reaches them; notes are sentences for the operator."""

    database_url: str
    redis_url: str | None
    notes: tuple[str, ...]


@asynccontextmanager
async def addresses(settings: Settings, *, join: bool) -> AsyncIterator[Addresses]:
    """By the settings, or servers of our own for as long as the context lasts.

    With `join`, the servers of a bridge that is already running here serve as well.
    """
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    if settings.database_url:
        slow = "No BRIDGE_REDIS_URL: the bridge keeps limits per process, on its slower path."
        yield Addresses(settings.database_url.get_secret_value(), redis_url, () if redis_url else (slow,))
        return
    async with AsyncExitStack() as stack:
        try:
            own = await stack.enter_async_context(servers(settings.data))
        except FolderInUseError as busy:
            neighbours = await running(busy) if join else None
            if neighbours is None:
                raise
            own = neighbours
        place = f"No BRIDGE_DATABASE_URL: using servers of our own; their data lie in {own.folder}."
        yield Addresses(own.database_url, redis_url or own.redis_url, (place, *own.notes))
