"""Sessions end while people look at a page; the page asks the portal for a new one and goes on."""

from playwright.async_api import Route, expect

from tests.pages.crossed import DEALS, Crossed
from tests.pages.window import BROWSER, Window, Windows

pytestmark = BROWSER


async def spoil(window: Window) -> list[str]:
    """From now on the bridge does not know the page's token; returns the addresses it was used on."""
    [token] = await window.sessions()
    spoiled: list[str] = []

    async def send(route: Route) -> None:
        headers = await route.request.all_headers()
        # Two sessions that begin in the same second are the same token.
        renewed = bool(window.asked("POST", "session"))
        if headers.get("authorization") == f"Bearer {token}" and not renewed:
            spoiled.append(route.request.url)
            headers["authorization"] += "spoiled"
        await route.continue_(headers=headers)

    await window.page.route("**/api/v1/deliveries**", send)
    return spoiled


async def test_a_refused_session_is_renewed_once_for_all_and_keeps_the_language(
    windows: Windows, crossed: Crossed
):
    window = await windows()
    await window.open_app(crossed.north.name)
    await expect(window.rows).to_have_count(DEALS + 1)
    spoiled = await spoil(window)
    await window.app.locator("button[aria-pressed]").nth(2).click()
    await window.rows.first.click()
    dialog = window.app.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("Битрикс24 отклонил crm.deal.add")
    await expect(dialog).to_contain_text("Битрикс24 вызвал робота")
    assert spoiled
    assert len(window.asked("POST", "session")) == 1


async def test_a_session_that_bitrix24_does_not_confirm_ends_in_advice(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    await expect(window.rows).to_have_count(DEALS + 1)
    await spoil(window)
    stale = {"AUTH_ID": "0" * 70, "AUTH_EXPIRES": "3600", "REFRESH_ID": "0" * 70}
    await window.page.route("**/_shell/frame/refresh", lambda route: route.fulfill(json=stale))
    await window.app.locator("button[aria-pressed]").nth(2).click()
    await expect(window.app.get_by_role("heading", level=1)).to_have_text("The session has ended")
    await expect(window.app.get_by_role("alert")).to_contain_text("nothing is lost")
    assert len(window.asked("POST", "session")) == 1


async def test_a_session_that_stays_refused_ends_in_advice(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.north.name)
    await expect(window.rows).to_have_count(DEALS + 1)

    async def refuse(route: Route) -> None:
        await route.continue_(
            headers={**await route.request.all_headers(), "authorization": "Bearer spoiled"}
        )

    await window.page.route("**/api/v1/deliveries**", refuse)
    await window.app.locator("button[aria-pressed]").nth(2).click()
    await expect(window.app.get_by_role("heading", level=1)).to_have_text("Сеанс завершён")
