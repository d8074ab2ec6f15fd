"""Fixtures of the scenarios: arenas for a module, and a folder that the servers' account can reach."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from application.embedded import Servers
from tests.scenarios.arena import Arena, arena_on, open_arena


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """pytest's own temporary folders are closed to the account that PostgreSQL runs under for root."""
    folder = Path(tempfile.mkdtemp(prefix="b24-scenario-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    """An arena on this worker's servers, with an empty database of its own."""
    async with arena_on(servers, tmp_path_factory.mktemp("arena"), "scenario", 63) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def own_arena(open_folder: Path) -> AsyncIterator[Arena]:
    """An arena with PostgreSQL and Valkey of its own, for tests that stop them."""
    async with open_arena(open_folder) as running:
        yield running
