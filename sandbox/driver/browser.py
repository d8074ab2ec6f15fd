"""An administrator's browser as far as an installation needs one: opens pages, runs steps, finishes."""

import json
import re
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from sandbox.driver.control import Control, loopback_session
from sandbox.driver.folder import DemoError

_BOOT = re.compile(r"<script[^>]*\bid=[\"']?boot[\"']?[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One of the bridge's pages as it stands in the portal's frame: its boot data and its API."""

    session: aiohttp.ClientSession
    origin: str
    boot: dict[str, Any]

    async def api(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.boot['session']}"}
        async with self.session.request(method, f"{self.origin}/api/v1/{path}", headers=headers) as answer:
            text = await answer.text()
            try:
                body = json.loads(text)
            except ValueError:
                raise DemoError(f"{method} {path} answered {answer.status}, not JSON: {text[:200]}") from None
            return answer.status, body


class Browser:
    """Opens the bridge's pages with the forms that the portal's shell page would post."""

    def __init__(self, control: Control) -> None:
        self._control = control
        # The bridge speaks plain HTTP behind its proxy: nothing of the portal's certificates is wanted here.
        self.session = loopback_session()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def open(
        self, portal: str, client_id: str, placement: str = "DEFAULT", *, user_id: int = 1, **options: Any
    ) -> Page:
        """Post the form of a placement into the "frame"; raises DemoError if no page of ours comes back."""
        opened = await self._control.open(portal, client_id, placement, user_id=user_id, **options)
        async with self.session.post(opened["url"], data=opened["fields"], allow_redirects=False) as answer:
            html = await answer.text()
            found = _BOOT.search(html)
            if answer.status != 200 or found is None:
                raise DemoError(
                    f"{portal}: the bridge's page answered {answer.status} instead of its page: {html[:300]}"
                )
            origin = f"{answer.url.scheme}://{answer.url.authority}"
        return Page(self.session, origin, json.loads(found[1]))

    async def run_steps(self, page: Page) -> dict[str, dict[str, Any]]:
        """Run every step of the installation page in its order, as its script does; returns them by code."""
        status, overview = await page.api("GET", "installation")
        if status != 200:
            raise DemoError(f"GET installation answered {status}: {overview}")
        steps = {}
        for listed in overview["steps"]:
            status, step = await page.api("POST", f"installation/steps/{listed['code']}")
            if status != 200 or step["state"] != "done":
                raise DemoError(f"The installation step {listed['code']} answered {status}: {step}")
            steps[listed["code"]] = step
        return steps

    async def install(self, portal: str, client_id: str) -> dict[str, dict[str, Any]]:
        """The whole path of an application with a page: install, steps, installFinish, the page once more."""
        await self._control.install(portal, client_id)
        page = await self.open(portal, client_id)
        if page.boot["page"] != "install":
            raise DemoError(f"{portal}: expected the installation page, got {page.boot['page']!r}")
        steps = await self.run_steps(page)
        await self._control.finish(portal, client_id)
        await self.open(portal, client_id)
        return steps
