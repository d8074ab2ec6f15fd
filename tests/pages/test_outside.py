"""The pages where no portal answers them: opened by hand, in a strange frame, in a portal that is silent."""

import asyncio

from playwright.async_api import Request, expect

from tests.pages.crossed import Crossed
from tests.pages.window import BROWSER, SECONDS, Window, Windows
from tests.scenarios.arena import Arena

pytestmark = BROWSER

_GUARD = 5 * SECONDS
_ADVICE = "Откройте страницу внутри Битрикс24"
_OPEN = """
({ url, fields, name }) => {
  const make = (tag, values) => document.body.appendChild(Object.assign(document.createElement(tag), values))
  // Named before it is there, or the form finds no such frame.
  if (name) make('iframe', { name, className: 'app-frame', width: 900, height: 600 })
  const form = make('form', { method: 'post', action: url, target: name })
  for (const [name, value] of Object.entries(fields)) {
    form.append(make('input', { type: 'hidden', name, value }))
  }
  form.submit()
}
"""


async def open_by_hand(
    window: Window, arena: Arena, crossed: Crossed, origin: str, *, framed: bool = True
) -> None:
    """From a page of `origin`, open the bridge's page as the portal north does, but answer it nothing."""
    opened = await arena.control.open(crossed.north.name, crossed.north.client_id)
    await window.page.goto(f"{origin}/dom.js")
    await window.page.evaluate(_OPEN, {**opened, "name": opened["name"] if framed else ""})


async def test_a_portal_that_does_not_answer_ends_in_advice(windows: Windows, arena: Arena, crossed: Crossed):
    window = await windows()
    await open_by_hand(window, arena, crossed, window.portal_url(crossed.north.name))
    await expect(window.app.get_by_role("status")).to_be_visible()
    title = window.app.get_by_role("heading", level=1)
    await expect(title).to_have_text(_ADVICE, timeout=_GUARD + 2 * SECONDS)
    await expect(window.app.get_by_role("button", name="Обновить страницу")).to_be_visible()
    assert window.asked("GET", "") == []


async def test_a_portal_of_others_cannot_frame_the_page(windows: Windows, arena: Arena, crossed: Crossed):
    window, refused = await windows(), asyncio.Queue[str | None]()

    def note(request: Request) -> None:
        refused.put_nowait(request.failure)

    window.page.on("requestfailed", note)
    await open_by_hand(window, arena, crossed, window.portal_url(crossed.south.name))
    assert await asyncio.wait_for(refused.get(), 10) == "net::ERR_BLOCKED_BY_RESPONSE"


async def test_the_form_outside_any_frame_ends_in_advice(windows: Windows, arena: Arena, crossed: Crossed):
    window = await windows()
    origin = window.portal_url(crossed.north.name)
    await open_by_hand(window, arena, crossed, origin, framed=False)
    title = window.page.get_by_role("heading", level=1)
    await expect(title).to_have_text(_ADVICE, timeout=_GUARD + 2 * SECONDS)


async def test_an_address_typed_by_hand_says_where_the_page_works(windows: Windows, arena: Arena):
    window = await windows()
    for page in ("deliveries", "install"):
        answer = await window.page.goto(f"{arena.bridge.url}/app/{page}")
        assert answer is not None
        assert answer.status == 400
        await expect(window.page.locator("body")).to_contain_text("This page works inside Bitrix24.")
        await expect(window.page.locator("body")).to_contain_text(
            "Open the application from the portal's menu."
        )
