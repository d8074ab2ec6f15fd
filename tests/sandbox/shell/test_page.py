"""What a person does in the portal page: deals, robots, applications, portals and people, trouble."""

import pytest
from playwright.async_api import expect

from tests.sandbox.stage import until
from tests.sandbox.world.test_lifecycle import bind

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("chromium"), pytest.mark.xdist_group("clients")]


@pytest.fixture
async def page(chromium, stage, site):
    page = await chromium.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await page.close()
    assert errors == []


def at(stage, path, portal="north"):
    return f"https://{portal}.b24.localhost:{stage.server.world.port}{path}"


def north(stage):
    return stage.server.world.portals["north"]


async def test_a_deal_is_dragged_to_another_stage(page, stage):
    (number,) = await stage.deals({"title": "Dragged"})
    await page.goto(at(stage, "/crm/deal/kanban/category/0/"))
    await page.locator("article.deal").drag_to(page.get_by_label("In progress", exact=True))
    await until(lambda: north(stage).records[2].get(number)["stageId"] == "EXECUTING")
    column = page.get_by_label("In progress", exact=True)
    await expect(column.get_by_role("link", name="Dragged")).to_be_visible()


async def test_a_robot_with_built_in_editors_is_set_and_runs(page, stage):
    properties = {
        "hub": {"Name": "Hub", "Required": "Y"},
        "mode": {"Name": "Mode", "Type": "select", "Options": {"a": "Copy", "b": "Move"}},
        "who": {"Name": "Person", "Type": "user"},
        "tags": {"Name": "Tags", "Multiple": "Y"},
        "urgent": {"Name": "Urgent", "Type": "bool"},
    }
    robot = {"CODE": "r", "NAME": "Send", "HANDLER": f"{stage.listener.url}/robot", "PROPERTIES": properties}
    await stage.result("bizproc.robot.add", robot)
    await page.goto(at(stage, "/crm/deal/automation/0/"))
    await page.get_by_label("New", exact=True).get_by_role("button", name="Add a robot").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox").select_option(label="[Bridge] Send")
    await dialog.get_by_role("button", name="Add").click()
    form = page.locator("form.robot-settings")
    await form.locator("[name=hub]").fill("to ")
    await form.get_by_label("Insert a field of the deal: Hub").select_option(label="TITLE")
    await form.locator("[name=mode]").select_option(label="Move")
    await form.locator("[name=who]").select_option(label="Peter Walsh")
    await form.locator("[name=tags]").fill("one\ntwo")
    await form.locator("[name=urgent]").select_option("Y")
    await form.locator("[name=_wait]").select_option("N")
    await form.locator("[name=_run_as]").select_option(label="Maria Evans")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Settings: Send")).to_be_visible()
    await stage.deals({"title": "A deal"})
    (sent,) = await stage.listener.wait("/robot")
    assert (sent["properties[hub]"], sent["properties[mode]"]) == ("to A deal", "b")
    assert (sent["properties[who]"], sent["properties[urgent]"]) == ("user_2", "Y")
    assert (sent["properties[tags][0]"], sent["properties[tags][1]"]) == ("one", "two")
    assert (sent["use_subscription"], sent["auth[user_id]"]) == ("N", "3")
    await page.get_by_role("button", name="Remove: Send").click()
    await until(lambda: north(stage).automation == [])


async def test_an_application_is_installed_updated_and_removed_with_its_data(page, stage):
    await bind(stage, "ONAPPUPDATE", "ONAPPUNINSTALL")
    await page.goto(at(stage, "/market/"))
    await page.get_by_role("button", name="Update").click()
    await expect(page.get_by_text("version 2")).to_be_visible()
    await stage.open()
    await bind(stage, "ONAPPUNINSTALL")
    await page.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("checkbox").check()
    await dialog.get_by_role("button", name="Remove").click()
    forms = await stage.listener.wait("/event", 2)
    assert [form["event"] for form in forms] == ["ONAPPUPDATE", "ONAPPUNINSTALL"]
    assert forms[1]["data[CLEAN]"] == "1"
    await page.get_by_role("button", name="Install").click()
    await until(lambda: stage.client_id in north(stage).installations)


async def test_one_click_changes_the_portal_and_the_person(page, stage):
    await stage.control("POST", "portals", {"name": "hub", "title": "Главный", "language": "ru"})
    await page.goto(at(stage, "/market/"))
    await page.get_by_role("button", name="Peter Walsh").click()
    await expect(page.get_by_role("button", name="Peter Walsh")).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("button", name="Update")).to_be_disabled()
    cookies = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies(at(stage, "/"))}
    assert cookies["user"] == "2"
    await page.get_by_role("link", name="Главный").click()
    await expect(page.get_by_role("heading", name="Сделки")).to_be_visible()


async def test_a_dismissed_person_sees_nothing(page, stage):
    await stage.control("POST", "portals/north/users/2/dismiss", {})
    await page.goto(at(stage, "/"))
    await page.get_by_role("button", name="Peter Walsh · dismissed").click()
    await expect(page.get_by_role("heading", name="You have been dismissed")).to_be_visible()


async def test_every_fault_has_a_button(page, stage):
    await page.goto(at(stage, "/"))
    await page.get_by_role("button", name="Trouble").click()
    panel = page.get_by_role("dialog", name="Trouble")
    await panel.get_by_label("Method").fill("crm.*")
    names = ["Refuse (503)", "Throttle (429)", "Answer slowly", "Hang, then commit", "Commit, then hang"]
    names += ["Cut the body", "HTML 502", "Reset before", "Commit, then reset", "Lose a call"]
    names += ["Double a call", "Delay a call"]
    for count, name in enumerate(names, 1):
        await panel.get_by_role("button", name=name).click()
        await expect(panel.locator(".faults li")).to_have_count(count)
    kinds = [row["kind"] for row in stage.server.world.faults.rows()]
    assert kinds == [
        "refuse", "error", "slow", "hang_then_commit", "commit_then_hang", "cut_body", "html_502",
        "reset_before", "reset_after", "lose_call", "double_call", "delay_call",
    ]  # fmt: skip
    assert {row["method"] for row in stage.server.world.faults.rows()} == {"crm.*"}
    await panel.get_by_role("button", name="Clear all").click()
    await until(lambda: stage.server.world.faults.rows() == [])
    await panel.get_by_role("button", name="Expire tokens").click()
    await until(lambda: stage.server.world.tokens.expired(stage.server.world.tokens.find(stage.token)))
    await panel.get_by_role("button", name="Revoke tokens").click()
    await until(lambda: stage.server.world.tokens.find(stage.token) is None)


async def test_administrators_doings_have_buttons(page, stage):
    await page.goto(at(stage, "/"))

    async def press(doing, **fields):
        await page.get_by_role("button", name="Trouble").click()
        await page.get_by_role("button", name=doing).click()
        dialog = page.locator("dialog")
        for label, value in fields.items():
            control = dialog.locator(f"[name={label}]")
            is_list = await control.evaluate("(one) => one.tagName === 'SELECT'")
            await (control.select_option(label=value) if is_list else control.fill(value))
        if fields:
            await dialog.locator("button[value=yes]").click()
        await page.wait_for_load_state()

    await press("Rename a stage", stage="General: New", name="Fresh")
    await expect(page.get_by_role("heading", name="Fresh")).to_be_visible()
    await press("Remove a field", field="Site area")
    await until(lambda: all(f.title != "Site area" for f in north(stage).fields[2].values()))
    await press("Make a field required", field="Comment")
    await until(lambda: north(stage).fields[2]["comments"].required)
    await press("Lapse the licence")
    await expect(page.get_by_role("alert")).to_be_visible()
    await press("Renew the licence")
    await press("Expire Bridge's subscription")
    await until(lambda: north(stage).installations[stage.client_id].expired)
    await page.wait_for_load_state("networkidle")
    await press("Dismiss Peter Walsh")
    await until(lambda: not north(stage).users[2].active)
    await page.wait_for_load_state("networkidle")
    await press("Rename the portal", domain="north-new.b24.localhost")
    await until(lambda: page.url.startswith("https://north-new.b24.localhost:"))


@pytest.mark.parametrize("width", [1280, 420])
async def test_pages_fit_their_window(page, stage, width):
    await stage.deals({"title": "A deal with a title that is rather long for the card it stands on"})
    await page.set_viewport_size({"width": width, "height": 860})
    for path in (
        "/",
        "/crm/deal/list/category/0/",
        "/crm/deal/details/1/",
        "/crm/deal/automation/0/",
        "/market/",
    ):
        await page.goto(at(stage, path))
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
