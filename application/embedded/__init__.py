"""PostgreSQL and Valkey servers of our own, for machines that have none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from application.embedded.errors import OWN_SERVERS, EmbeddedError, FolderInUseError
from application.embedded.found import Servers, of_another
from application.embedded.places import default_folder

if TYPE_CHECKING:
    from application.embedded.cluster import Cluster

__all__ = ["EmbeddedError", "FolderInUseError", "Servers", "default_folder", "running", "servers"]

LOOK_EVERY = 0.25
LONGEST_PAUSE = 15.0


@asynccontextmanager
async def servers(folder: Path | None = None) -> AsyncIterator[Servers]:
    """Run both servers, recovering whatever an earlier end left; one that falls is started again."""
    cluster = await asyncio.to_thread(_cluster, folder or default_folder())
    watch: asyncio.Task[None] | None = None
    try:
        found = await asyncio.to_thread(cluster.start)
        watch = asyncio.create_task(_watch(cluster))
        yield found
    finally:
        if watch:
            watch.cancel()
        await _stop(cluster)


async def running(busy: FolderInUseError) -> Servers | None:
    """The servers of the bridge that has the folder, waited for while it starts; that one stops them."""
    return await asyncio.to_thread(of_another, busy.folder)


def _cluster(folder: Path) -> "Cluster":
    try:
        # Imported on use: those who give servers of their own may lack what this needs.
        from application.embedded.cluster import Cluster  # noqa: PLC0415
    except ImportError as error:
        raise EmbeddedError(
            f"The embedded servers do not fit this machine ({error}); {OWN_SERVERS}."
        ) from error
    return Cluster(folder)


async def _watch(cluster: "Cluster") -> None:
    pause = LOOK_EVERY
    while True:
        await asyncio.sleep(pause)
        well = not cluster.fallen or await asyncio.to_thread(cluster.raise_fallen)
        pause = LOOK_EVERY if well else min(2 * pause, LONGEST_PAUSE)


async def _stop(cluster: "Cluster") -> None:
    """Stop both to the end, even if we are told again and again to hurry."""
    stopping = asyncio.create_task(asyncio.to_thread(cluster.stop))
    cancelled = False
    while not stopping.done():
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            cancelled = True
    await stopping
    if cancelled:
        raise asyncio.CancelledError
