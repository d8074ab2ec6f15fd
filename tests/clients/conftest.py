"""Fixtures of foreign clients: names of this machine, a Chromium, an application with pages."""

import os
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

from tests.clients.site import SDK, Site
from tests.sandbox.stage import Stage, open_stage

_PATIENCE = 15_000
_SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names ending in `.localhost` are this machine, for clients that ask the system; others do not exist."""
    resolve = socket.getaddrinfo

    def loopback(host, *args, **kwargs):
        if not str(host).endswith(".localhost") and str(host) != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not on this machine")
        return resolve("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", loopback)


@pytest.fixture
async def stage(tmp_path) -> AsyncIterator[Stage]:
    """A portal without limits of its own making, with a market application that is installed."""
    async with open_stage(tmp_path) as stage:
        await stage.control("POST", "portals", {"name": "north", "title": "North", "language": "en"})
        await stage.add_app(kind="market", handler_url=f"{stage.listener.url}/page")
        await stage.app("install")
        await stage.open()
        yield stage


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    running = Site()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def chromium() -> AsyncIterator[BrowserContext]:
    """Debian's Chromium; without it (or the SDK) the tests are skipped, unless they are said to need it."""
    path = shutil.which("chromium")
    missing = "Chromium is not installed" if path is None else ""
    if not SDK.is_file():
        missing = "b24jssdk is not installed (npm ci in placements/web)"
    if missing:
        if os.environ.get("BRIDGE_TESTS_NEED_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        profile = await browser.new_context(
            viewport={"width": 1280, "height": 860},
            ignore_https_errors=True,  # the sandbox's certificate is made anew for each run
        )
        profile.set_default_timeout(_PATIENCE)
        expect.set_options(_PATIENCE)
        yield profile
        await browser.close()
