"""Fixtures of the store's tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from application.store.database import Pool
from application.store.inbox import Inbox
from tests.application.tasks import running


@pytest.fixture
async def inbox(pool: Pool) -> AsyncIterator[Inbox]:
    """An inbox that commits."""
    async with open_inbox(pool) as opened:
        yield opened


@asynccontextmanager
async def open_inbox(pool: Pool) -> AsyncIterator[Inbox]:
    opened = Inbox(pool)
    async with running(opened.run()):
        yield opened
