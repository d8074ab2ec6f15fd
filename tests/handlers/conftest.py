"""Fixtures of the handlers' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.store.database import Pool
from tests.application.bench import Bench, at_work, open_bench
from tests.handlers.pair import Pair


@pytest.fixture
async def bench(tmp_path: Path, database_url: str, pool: Pool, redis_url: str) -> AsyncIterator[Bench]:
    """An engine at work in front of a sandbox."""
    async with open_bench(tmp_path, database_url, redis_url) as opened, at_work(opened.engine):
        yield opened


@pytest.fixture
async def pair(bench: Bench) -> Pair:
    """A partner whose deals go to a hub."""
    partner, hub = await bench.portal("partner"), await bench.portal("hub")
    await bench.route(partner, hub)
    return Pair(bench, partner, hub)
