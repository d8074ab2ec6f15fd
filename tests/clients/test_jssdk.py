"""The official @bitrix24/b24jssdk in Chromium, inside the sandbox's portal page."""

from typing import Any

import pytest
from playwright.async_api import BrowserContext, Frame, Page, expect

from tests.clients.site import Site
from tests.sandbox.stage import Stage, open_stage, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("chromium"), pytest.mark.xdist_group("clients")]


class Window:
    """A portal's page in a browser, with a foreign application in its frame."""

    def __init__(self, page: Page, stage: Stage, site: Site) -> None:
        self.page = page
        self.stage = stage
        self.site = site
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self, path: str) -> None:
        await self.page.goto(f"https://{self.stage.domain}{path}")

    async def open_app(self) -> Frame:
        await self.open(f"/marketplace/app/{self.stage.client_id}/")
        return await self.frame("/page")

    async def frame(self, path: str, count: int = 1) -> Frame:
        """The last of `count` frames at this path of the application, once the SDK has started in it."""
        await until(lambda: len(self._frames(path)) == count)
        frame = self._frames(path)[-1]
        await frame.wait_for_function("() => window.b24")
        return frame

    def _frames(self, path: str) -> list[Frame]:
        return [one for one in self.page.frames if one.url.startswith(self.site.url + path)]


@pytest.fixture
async def window(chromium: BrowserContext, site: Site, tmp_path):
    async with open_stage(tmp_path) as stage:
        await stage.control("POST", "portals", {"name": "north", "title": "North", "language": "en"})
        page = await chromium.new_page()
        window = Window(page, stage, site)
        yield window
        await page.close()
        assert window.errors == []


@pytest.fixture
async def installed(window: Window) -> Window:
    await window.stage.add_app(kind="market", handler_url=f"{window.site.url}/page")
    await window.stage.app("install")
    await window.stage.open()
    return window


async def run(frame: Frame, script: str) -> Any:
    """Evaluate with the started SDK at hand as `b24`."""
    return await frame.evaluate(f"async () => {{ const b24 = window.b24; {script} }}")


async def test_it_starts_and_calls_rest(installed: Window) -> None:
    frame = await installed.open_app()
    init = await run(
        frame,
        "return [b24.isInit, b24.isInstallMode, b24.placement.title, b24.auth.isAdmin,"
        " b24.getTargetOrigin()]",
    )
    assert init == [True, False, "DEFAULT", True, f"https://{installed.stage.domain}"]
    answer = await run(
        frame,
        "const got = await b24.actions.v2.call.make({method: 'profile', params: {}});"
        "return [got.isSuccess, got.getData().result.NAME]",
    )
    assert answer == [True, "Alice"]


async def test_lists_and_batches(installed: Window) -> None:
    await installed.stage.deals(*({"title": f"Deal {number}"} for number in range(120)))
    frame = await installed.open_app()
    count = await run(
        frame,
        "const got = await b24.actions.v2.callList.make({method: 'crm.item.list',"
        " params: {entityTypeId: 2}, idKey: 'id', customKeyForResult: 'items'});"
        "return got.getData().length",
    )
    assert count == 120
    found = await run(
        frame,
        "const calls = {one: ['crm.item.get', {entityTypeId: 2, id: 7}], me: ['profile', {}]};"
        "const options = {isHaltOnError: true, returnAjaxResult: true};"
        "const data = (await b24.actions.v2.batch.make({calls, options})).getData();"
        "return [data.one.getData().result.item.title, data.me.getData().result.ID]",
    )
    assert found == ["Deal 6", "1"]


async def test_errors_arrive_with_their_codes(installed: Window) -> None:
    frame = await installed.open_app()
    error = await run(
        frame,
        "const params = {entityTypeId: 2, id: 99};"
        "return await b24.actions.v2.call.make({method: 'crm.item.get', params})"
        ".then(() => null, (error) => [error.code, error.status, error.message])",
    )
    assert error == ["NOT_FOUND", 400, "Element not found"]


async def test_an_expired_token_is_refreshed_by_the_parent(installed: Window) -> None:
    frame = await installed.open_app()
    before = await run(frame, "return b24.auth.getAuthData().access_token")
    await installed.stage.fault("expire_tokens")
    again = "const got = await b24.actions.v2.call.make({method: 'profile', params: {}});"
    name = await run(frame, again + "return got.getData().result.NAME")
    after = await run(frame, "return b24.auth.getAuthData().access_token")
    assert (name, before != after) == ("Alice", True)
    refreshed = await run(frame, "return (await b24.auth.refreshAuth()).access_token")
    assert refreshed not in (before, after)


async def test_an_installation_is_finished_from_its_page(window: Window) -> None:
    url = window.site.url
    await window.stage.add_app(kind="market", handler_url=f"{url}/page", install_url=f"{url}/install")
    await window.stage.app("install")
    await window.open(f"/marketplace/app/{window.stage.client_id}/")
    frame = await window.frame("/install")
    assert await run(frame, "return [b24.isInstallMode, b24.isFirstRun]") == [True, True]
    await frame.evaluate("() => { void window.b24.installFinish() }")
    frame = await window.frame("/page")
    assert await run(frame, "return [b24.isInstallMode, b24.isFirstRun]") == [False, False]
    assert "install_finished=Y" in window.page.url
    rejected = (
        "return await b24.installFinish().then(() => '', (error) => String(error.code ?? error.message))"
    )
    assert "INSTALL" in (await run(frame, rejected)).upper()


async def test_placement_calls_in_a_tab_of_a_deal(installed: Window) -> None:
    bind = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": f"{installed.site.url}/tab", "TITLE": "Mine"}
    await installed.stage.result("placement.bind", bind)
    (number,) = await installed.stage.deals({"title": "Shown"})
    await installed.open(f"/crm/deal/details/{number}/")
    await installed.page.get_by_role("tab", name="Mine").click()
    frame = await installed.frame("/tab")
    seen = await run(frame, "return [b24.placement.title, b24.placement.options.ID, b24.placement.isDefault]")
    assert seen == ["CRM_DEAL_DETAIL_TAB", str(number), False]
    assert (await run(frame, "return await b24.placement.getInterface()"))["command"] == ["reloadData"]
    await run(frame, "await b24.placement.call('reloadData')")
    assert await run(frame, "return await b24.placement.call('nothingOfTheKind')") == {"isSafely": True}
    (form,) = installed.site.at("/tab")
    assert (form["PLACEMENT"], '"ID":"1"' in form["PLACEMENT_OPTIONS"]) == ("CRM_DEAL_DETAIL_TAB", True)


async def test_the_frame_and_its_options(installed: Window) -> None:
    frame = await installed.open_app()
    assert (await run(frame, "return await b24.parent.fitWindow()"))["height"] > 0
    await run(frame, "await b24.parent.setTitle('Another title')")
    await expect(installed.page.locator("#pagetitle")).to_have_text("Another title")
    await run(frame, "await b24.options.appSet('colour', 'blue'); await b24.options.userSet('size', 'small')")
    frame = await installed.open_app()
    kept = await run(frame, "return [b24.options.appGet('colour'), b24.options.userGet('size')]")
    assert kept == ["blue", "small"]


async def test_sliders_open_and_close(installed: Window) -> None:
    frame = await installed.open_app()
    await frame.evaluate(
        "() => { const look = {bx24_title: 'Inner', bx24_width: 600, id: 5};"
        "window.sliderClosed = window.b24.slider.openSliderAppPage(look).then(() => 'closed') }"
    )
    inner = await installed.frame("/page", 2)
    assert '"id":5' in installed.site.at("/page")[1]["PLACEMENT_OPTIONS"]
    assert await run(inner, "return b24.placement.options.id") == 5
    await inner.evaluate("() => { void window.b24.slider.closeSliderAppPage() }")
    assert await frame.evaluate("window.sliderClosed") == "closed"
    await installed.stage.deals({"title": "Seen in a slider"})
    await frame.evaluate(
        "() => { window.path = window.b24.slider.openPath(window.b24.slider.getUrl('/crm/deal/details/1/')) }"
    )
    card = installed.page.frame_locator(".slider iframe")
    await expect(card.get_by_role("heading", name="Seen in a slider")).to_be_visible()
    await installed.page.get_by_role("button", name="Close").click()
    assert (await frame.evaluate("window.path"))["isClose"] is True
    rejected = "return await b24.parent.message.send('openPath', {path: '/settings/'})"
    assert await run(frame, rejected) == {"result": "error", "errorCode": "PATH_NOT_AVAILABLE"}


async def test_people_records_and_access_are_chosen(installed: Window) -> None:
    await installed.stage.deals({"title": "First"}, {"title": "Second"})
    frame = await installed.open_app()
    page = installed.page

    async def chosen(script: str, *labels: str) -> Any:
        await frame.evaluate(f"() => {{ window.chosen = window.b24.dialog.{script} }}")
        dialog = page.get_by_role("dialog")
        await dialog.locator("select").select_option(label=list(labels))
        await dialog.get_by_role("button", name="Choose").click()
        return await frame.evaluate("window.chosen")

    assert (await chosen("selectUser()", "Maria Evans"))["id"] == "3"
    assert [u["name"] for u in await chosen("selectUsers()", "Peter Walsh", "Maria Evans")] == [
        "Peter Walsh", "Maria Evans",
    ]  # fmt: skip
    assert await chosen("selectAccess()", "All users") == [{"id": "AU", "name": "All users"}]
    found = await chosen("selectCRM({entityType: ['deal', 'contact'], multiple: true})", "First", "Second")
    assert sorted(row["id"] for row in found["deal"]) == ["D_1", "D_2"]
    assert found["contact"] == []


async def test_robot_settings_are_kept_by_saving(installed: Window) -> None:
    site, stage, page = installed.site, installed.stage, installed.page
    robot = {
        "CODE": "send",
        "NAME": "Send",
        "HANDLER": f"{site.url}/robot",
        "PROPERTIES": {"hub": {"Name": "Hub"}, "tags": {"Name": "Tags", "Multiple": "Y"}},
        "USE_PLACEMENT": "Y",
        "PLACEMENT_HANDLER": f"{site.url}/settings",
    }
    await stage.result("bizproc.robot.add", robot)
    await installed.open("/crm/deal/automation/0/")
    await page.get_by_label("In progress").get_by_role("button", name="Add a robot").click()
    await page.get_by_role("dialog").get_by_role("combobox").select_option(label="[Bridge] Send")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    frame = await installed.frame("/settings")
    assert await run(frame, "return b24.placement.title") == "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"
    values = "{hub: '{=Document:TITLE}', tags: ['a:b', 'c'], unknown: 1}"
    await run(frame, f"await b24.placement.call('setPropertyValue', {values})")
    await expect(page.locator("input[name='property_tags[]']")).to_have_count(2)
    assert stage.server.world.portals["north"].automation == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Settings: Send")).to_be_visible()
    (placed,) = stage.server.world.portals["north"].automation
    assert placed.properties == {"hub": "{=Document:TITLE}", "tags": ["a:b", "c"]}
    await page.get_by_role("button", name="Settings: Send").click()
    frame = await installed.frame("/settings")
    current = await run(frame, "return b24.placement.options.current_values")
    assert current == placed.properties
    await run(frame, "await b24.placement.call('setPropertyValue', {hub: 'not saved'})")
    await page.get_by_role("button", name="Cancel").click()
    assert placed.properties["hub"] == "{=Document:TITLE}"
