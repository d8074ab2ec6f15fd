"""Fixtures of the sandbox's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.stage import Stage, open_stage


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Stage]:
    """A sandbox with the portal `north` and nothing installed."""
    async with open_stage(tmp_path) as stage:
        await stage.control("POST", "portals", {"name": "north", "title": "North", "language": "en"})
        yield stage


@pytest.fixture
async def stage(bare: Stage) -> Stage:
    """The same with a market application that has finished its installation."""
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=f"{url}/page", install_url=f"{url}/install")
    await bare.app("install")
    await bare.open()
    await bare.app("finish")
    return bare
