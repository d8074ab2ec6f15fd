"""A person's browser window with a portal in it, which notes what the pages in it must never do."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Error, Frame, FrameLocator, Locator, Page, Request

from tests.scenarios.arena import Arena

BROWSER = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.browser,
    # First of all, so that without Chromium nothing else is started.
    pytest.mark.usefixtures("chromium"),
]
SECONDS = 1000.0
_REPORT = """
addEventListener('securitypolicyviolation', (event) =>
  reportViolation(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))
"""
_BOOT_SESSION = re.compile(r'"session": ?"([^"]+)"')


@dataclass
class Window:
    """One window; `app` is the bridge's page in the portal's frame."""

    page: Page
    arena: Arena
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def app(self) -> FrameLocator:
        return self.page.frame_locator("iframe.app-frame")

    @property
    def rows(self) -> Locator:
        return self.app.locator("tbody [id^=delivery-]")

    @property
    def frame(self) -> Frame:
        """The bridge's frame itself, to look into with scripts."""
        [found] = [one for one in self.page.frames if one.url.startswith(self.arena.bridge.url)]
        return found

    async def open_app(self, portal: str, client_id: str = "") -> None:
        """The page of the application, as the portal's menu opens it."""
        address = f"/marketplace/app/{client_id or self.arena.market['client_id']}/"
        await self.page.goto(self.portal_url(portal) + address)

    async def act_as(self, portal: str, user_id: int) -> None:
        """Be another user of that portal from now on."""
        await self.page.goto(self.portal_url(portal))
        await self.page.evaluate("(id) => sessionStorage.setItem('user', id)", str(user_id))

    def portal_url(self, portal: str) -> str:
        port = self.arena.control.oauth_host.rpartition(":")[2]
        return f"https://{portal}.b24.localhost:{port}"

    def asked(self, method: str, path: str) -> list[str]:
        """Paths of the requests so far to this part of the bridge's API."""
        paths = [urlsplit(one.url).path for one in self.requests if one.method == method]
        return [one for one in paths if one.startswith(f"/api/v1/{path}")]

    def secrets(self) -> set[str]:
        """Every token that the portal has posted into the bridge's pages so far."""
        posted = [one for one in self.requests if one.method == "POST" and "/app/" in one.url]
        forms = [one.post_data_json or {} for one in posted]
        return {form[name] for form in forms for name in ("AUTH_ID", "REFRESH_ID", "APPLICATION_TOKEN")}

    async def sessions(self) -> set[str]:
        """Every session token that the bridge has put into its pages so far."""
        posted = [one for one in self.requests if one.method == "POST" and "/app/" in one.url]
        answers = [await one.response() for one in posted]
        found = [_BOOT_SESSION.search(await answer.text()) for answer in answers if answer]
        return {match[1] for match in found if match}

    def note_violation(self, text: str) -> None:
        self.violations.append(text)

    def note_request(self, request: Request) -> None:
        self.requests.append(request)

    def note_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def check(self) -> None:
        hosts = {urlsplit(one.url).hostname or one.url for one in self.requests}
        strangers = {host for host in hosts if not host.endswith(".b24.localhost")}
        assert (self.violations, self.errors, strangers) == ([], [], set())


@dataclass
class Windows:
    """Opens windows of one browser profile, whose cache makes all but the first fast."""

    profile: BrowserContext
    arena: Arena
    opened: list[Window] = field(default_factory=list)

    async def __call__(self) -> Window:
        window = Window(await self.profile.new_page(), self.arena)
        await window.page.expose_function("reportViolation", window.note_violation)
        await window.page.add_init_script(_REPORT)
        window.page.on("request", window.note_request)
        window.page.on("pageerror", window.note_error)
        self.opened.append(window)
        return window

    async def close(self) -> None:
        """Close every window, then complain of what any of them has noticed."""
        for window in self.opened:
            await window.page.close()
        for window in self.opened:
            window.check()
