"""Fixtures of the pages' tests: one sandbox, one bridge and one Chromium for all of them."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, async_playwright, expect

from application.embedded import Servers
from tests.pages.crossed import Crossed, cross
from tests.pages.window import SECONDS, Windows
from tests.scenarios.arena import Arena, arena_on

_PATIENCE = 15 * SECONDS
# As root Chromium has no sandbox of its own; the rest keeps it from calling home.
_SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def chromium() -> AsyncIterator[BrowserContext]:
    """Debian's Chromium; without it the tests are skipped, unless they are said to need it."""
    path = shutil.which("chromium")
    if path is None:
        message = "Chromium is not installed (apt-get install chromium): the pages are not tested"
        if os.environ.get("BRIDGE_TESTS_NEED_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        profile = await browser.new_context(
            viewport={"width": 1280, "height": 860},
            reduced_motion="reduce",
            ignore_https_errors=True,  # the sandbox's certificate is made anew for each run
        )
        profile.set_default_timeout(_PATIENCE)
        expect.set_options(_PATIENCE)
        yield profile
        await browser.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def arena(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    """A sandbox and a bridge; each test makes portals of its own or looks at those of `crossed`."""
    async with arena_on(servers, tmp_path_factory.mktemp("pages"), "pages", 62) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def crossed(arena: Arena) -> Crossed:
    """Two partners and a hub between which deals have crossed, one of them in vain; only looked at."""
    return await cross(arena)


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: BrowserContext, arena: Arena) -> AsyncIterator[Windows]:
    """Opens browser windows; after the test, what no page of ours may ever do must not have happened."""
    opener = Windows(chromium, arena)
    yield opener
    await opener.close()
