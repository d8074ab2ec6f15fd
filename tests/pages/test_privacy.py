"""What the pages keep to themselves; every window also checks for violated policies and strange hosts."""

import pytest
from playwright.async_api import expect

from tests.pages.crossed import Crossed
from tests.pages.window import BROWSER, Window, Windows
from tests.scenarios.arena import Arena, until

pytestmark = BROWSER

_KEPT = """
() => {
  const kept = [document.documentElement.outerHTML, document.cookie, location.href]
  for (const name of ['localStorage', 'sessionStorage']) {
    try { kept.push(JSON.stringify({ ...window[name] })) } catch { /* closed in a frame: nothing is kept */ }
  }
  return kept.join('\\n')
}
"""


async def keeps_nothing(window: Window) -> None:
    secrets = window.secrets() | await window.sessions()
    assert len(secrets) >= 4
    kept = await window.frame.evaluate(_KEPT)
    stored = str(await window.page.context.storage_state())
    addresses = "\n".join(request.url for request in window.requests)
    assert [secret for secret in secrets if secret in kept + stored + addresses] == []
    assert await window.frame.evaluate("document.getElementById('boot')") is None


async def test_the_deliveries_page_keeps_no_token(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    await window.rows.first.click()
    await expect(window.app.get_by_role("dialog")).to_be_visible()
    await keeps_nothing(window)


async def test_the_installation_page_keeps_no_token(windows: Windows, arena: Arena):
    window, name = await windows(), arena.name("discreet")
    await arena.control.add_portal(name, "Discreet", "en")
    await arena.control.install(name, arena.market["client_id"])
    await arena.control.fault("error", name, method="scope", error="ACCESS_DENIED", description="No")
    await window.open_app(name)
    await expect(window.app.get_by_role("button", name="Try again")).to_be_visible()
    await arena.control.clear_faults()
    await keeps_nothing(window)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_policy_is_violated_in_either_theme(windows: Windows, crossed: Crossed, theme: str):
    """Each window's violations are checked when it closes; this one goes everywhere on the page."""
    window = await windows()
    await window.open_app(crossed.north.name)
    if theme == "dark":
        await window.app.get_by_role("button", name="Включить тёмную тему").click()
    await window.rows.first.click()
    await window.app.get_by_role("button", name="Скопировать ID доставки").click()
    await window.page.keyboard.press("Escape")
    await window.app.locator("button[aria-pressed]").first.click()
    await expect(window.app.get_by_text("Ничего не найдено")).to_be_visible()


async def test_the_window_does_notice_violations(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    await expect(window.rows.first).to_be_visible()
    await window.frame.evaluate("fetch('https://elsewhere.b24.localhost/').catch(() => {})")

    async def noticed() -> bool:
        return any("connect-src" in violation for violation in window.violations)

    await until(noticed, 5, "the violation")
    window.violations.clear()
