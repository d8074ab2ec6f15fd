"""Installing through the portal's page, as an administrator does it."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from sandbox.driver.world import ROBOT
from tests.pages.window import BROWSER, Window, Windows
from tests.scenarios.arena import Arena

pytestmark = BROWSER

STEPS = ["access", "events", "placements", "robots", "connection"]
WORDS = {
    "en": {
        "install": "Install",
        "states": ["waiting", "in progress", "done"],
        "ready": "The bridge is ready",
        "list": "Deliveries",
        "robot": "Send the deal to the hub",
    },
    "ru": {
        "install": "Установить",
        "states": ["ожидает", "выполняется", "готово"],
        "ready": "Мост готов",
        "list": "Доставки",
        "robot": "Передать сделку на главный портал",
    },
}


async def begin(window: Window, name: str, language: str) -> None:
    """Add a portal and press Install on its page of applications."""
    await window.arena.control.add_portal(name, f"Fresh {name}", language)
    await window.page.goto(f"{window.portal_url(name)}/market/")
    await window.page.get_by_role("button", name=str(WORDS[language]["install"]), exact=True).click()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_an_administrator_sees_the_steps_tick_and_then_the_deliveries(
    windows: Windows, arena: Arena, language: str
):
    window, name, words = await windows(), arena.name("fresh"), WORDS[language]
    waiting, running, done = words["states"]
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        reached.set()
        await go_on.wait()
        await route.continue_()

    await window.page.route("**/installation/steps/placements", hold)
    await begin(window, name, language)
    await asyncio.wait_for(reached.wait(), 15)
    lines = window.app.locator("ol > li")
    for line, state in enumerate([done, done, running, waiting, waiting]):
        await expect(lines.nth(line)).to_contain_text(f": {state}")
    go_on.set()

    await expect(window.app.get_by_role("heading", level=1)).to_have_text(str(words["ready"]))
    for line in range(len(STEPS)):
        await expect(lines.nth(line)).to_contain_text(f": {done}")
    await expect(lines.nth(3)).to_contain_text(str(words["robot"]))
    assert window.asked("POST", "installation") == [f"/api/v1/installation/steps/{step}" for step in STEPS]

    await window.page.wait_for_url("**/?install_finished=Y")
    await expect(window.app.get_by_role("heading", level=1)).to_have_text(str(words["list"]))
    row = await arena.control.app_row(name, arena.market["client_id"])
    assert row["installed"]
    assert ROBOT in row["robots"]


async def test_a_step_that_failed_says_why_and_goes_on_from_there(windows: Windows, arena: Arena):
    window, name = await windows(), arena.name("refusing")
    await arena.control.fault(
        "error", method="bizproc.robot.list", error="ACCESS_DENIED", description="Access denied!", status=403
    )
    await begin(window, name, "en")
    failed = window.app.get_by_role("alert")
    await expect(failed).to_contain_text("Bitrix24 refused bizproc.robot.list: Access denied!")
    await expect(failed).to_contain_text("What to do: Check that the portal's plan")
    await expect(window.app.get_by_role("heading", level=1)).to_have_text("One step needs your attention")
    await expect(window.app.locator("ol > li").nth(3)).to_contain_text(": failed")
    assert not (await arena.control.app_row(name, arena.market["client_id"]))["installed"]

    await arena.control.clear_faults()
    before = len(window.asked("POST", "installation"))
    await window.app.get_by_role("button", name="Try again").click()
    await window.page.wait_for_url("**/?install_finished=Y")
    resumed = window.asked("POST", "installation")[before:]
    assert resumed == [f"/api/v1/installation/steps/{step}" for step in STEPS[3:]]


async def test_a_missing_permission_is_named_in_the_portal_s_language(windows: Windows, arena: Arena):
    window, name = await windows(), arena.name("tight")
    await arena.control.add_portal(name, "Тесный", "ru")
    app = await arena.control.add_app(
        title="Мост",
        kind="local",
        portal=name,
        handler_url=f"{arena.bridge.url}/app/deliveries",
        install_url=f"{arena.bridge.url}/app/install",
        scopes=[scope for scope in arena.bridge.scopes if scope != "bizproc"],
    )
    await arena.bridge.add_app(app["client_id"], app["client_secret"], "Tight")
    await arena.control.install(name, app["client_id"])
    await window.open_app(name, app["client_id"])
    failed = window.app.locator("ol > li").nth(0)
    await expect(failed).to_contain_text("Приложению не хватает прав: bizproc.")
    await expect(failed).to_contain_text("Отредактируйте приложение на портале")
    await expect(failed.get_by_role("button", name="Повторить")).to_be_visible()


async def test_somebody_else_is_sent_to_an_administrator(windows: Windows, arena: Arena):
    window, name = await windows(), arena.name("modest")
    await arena.control.add_portal(name, "Modest", "en")
    await window.act_as(name, 2)
    await window.page.goto(f"{window.portal_url(name)}/market/")
    await expect(window.page.get_by_role("button", name="Install", exact=True)).to_be_disabled()
    await arena.control.install(name, arena.market["client_id"])
    await window.open_app(name)
    await expect(window.page.locator(".note")).to_have_text("Only an administrator can install this app.")
