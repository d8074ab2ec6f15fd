"""Fixtures of the engine's tests: a sandbox, and an engine in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.store.database import Pool
from sandbox.driver.control import Control
from tests.application.bench import Bench, open_bench, open_sandbox
from tests.application.store.rows import Rows
from tests.application.tasks import running


@pytest.fixture
def rows(pool: Pool) -> Rows:
    return Rows(pool)


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    """A sandbox without any portal, and its control API."""
    async with open_sandbox(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bench(tmp_path: Path, database_url: str, pool: Pool, redis_url: str) -> AsyncIterator[Bench]:
    """An engine that takes calls but delivers nothing by itself."""
    async with open_bench(tmp_path, database_url, redis_url) as opened, running(opened.engine.inbox.run()):
        yield opened
