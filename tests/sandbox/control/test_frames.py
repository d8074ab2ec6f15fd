"""Forms of frames in their variants, the settings page of a robot, and all the places applications fill."""

import json

import pytest

DIALOG = "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"
NEW_FIELDS = {"SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE"}


async def test_the_older_form_lacks_the_newer_fields(stage):
    assert set((await stage.open())["fields"]) >= NEW_FIELDS
    await stage.control("PATCH", "portals/north", {"quirks": ["old_frame_form"]})
    fields = (await stage.open())["fields"]
    assert set(fields) == {
        "AUTH_ID", "AUTH_EXPIRES", "REFRESH_ID", "member_id", "status", "PLACEMENT",
    }  # fmt: skip


async def test_options_can_be_the_word_undefined(stage):
    assert "PLACEMENT_OPTIONS" not in (await stage.open())["fields"]
    await stage.control("PATCH", "portals/north", {"quirks": ["undefined_options"]})
    assert (await stage.open(options={"ID": "5"}))["fields"]["PLACEMENT_OPTIONS"] == "undefined"


async def test_options_are_json_as_php_prints_it(stage):
    opened = await stage.open(options={"ID": "5", "name": "ы"}, uri="/crm/deal/details/5/")
    text = opened["fields"]["PLACEMENT_OPTIONS"]
    assert "\\/crm\\/deal" in text
    assert "\\u044b" in text
    assert json.loads(text) == {"ID": "5", "name": "ы", "URI": "/crm/deal/details/5/"}


@pytest.fixture
async def robot(stage):
    properties = {
        "hub": {"Name": {"en": "Hub", "ru": "Главный"}, "Type": "string", "Required": "Y"},
        "tags": {"Name": "Tags", "Multiple": "Y"},
    }
    body = {
        "CODE": "send",
        "NAME": "Send",
        "HANDLER": f"{stage.listener.url}/robot",
        "PROPERTIES": properties,
        "USE_PLACEMENT": "Y",
        "PLACEMENT_HANDLER": f"{stage.listener.url}/settings",
    }
    await stage.result("bizproc.robot.add", body)
    return stage


async def settings(stage):
    options = {"code": "send", "current_values": {"hub": "{=Document:TITLE}"}}
    opened = await stage.open(placement=DIALOG, options=options, uri="/crm/deal/automation/0/")
    return opened, json.loads(opened["fields"]["PLACEMENT_OPTIONS"])


async def test_the_settings_page_of_a_robot_is_told_its_values(robot):
    opened, options = await settings(robot)
    assert opened["url"].startswith(f"{robot.listener.url}/settings?DOMAIN=")
    assert (opened["fields"]["PLACEMENT"], opened["commands"]) == (DIALOG, ["setPropertyValue"])
    assert (options["code"], options["current_values"]) == ("send", {"hub": "{=Document:TITLE}"})
    hub = options["properties"]["hub"]
    assert (hub["Id"], hub["Name"], hub["Required"], hub["Multiple"]) == ("hub", "Hub", True, False)
    assert options["document_type"] == ["crm", "CCrmDocumentDeal", "DEAL"]
    assert options["document_fields"]["TITLE"]["Type"] == "string"
    assert options["URI"] == "/crm/deal/automation/0/"


async def test_properties_can_come_as_they_were_registered(robot):
    await robot.control("PATCH", "portals/north", {"quirks": ["registered_properties"]})
    _, options = await settings(robot)
    assert options["properties"]["tags"] == {"NAME": "Tags", "MULTIPLE": "Y"}


async def test_the_settings_page_cannot_be_bound_by_hand(robot):
    bind = {"PLACEMENT": DIALOG, "HANDLER": f"{robot.listener.url}/x"}
    assert (await robot.error("placement.bind", bind))[1] == "ERROR_PLACEMENT_NOT_FOUND"
    assert (await robot.error("placement.bind", bind | {"PLACEMENT": "DEFAULT"}))[1] == (
        "ERROR_PLACEMENT_NOT_FOUND"
    )


async def test_values_are_kept_by_saving_only(robot):
    place = {"category": 0, "stage": "NEW", "client_id": robot.client_id, "code": "send"}
    status, body = await robot.post("/_shell/automation", place)
    assert (status, body["error"]) == (400, "REQUIRED")
    _, made = await robot.post("/_shell/automation", place | {"properties": {"hub": "h"}})
    saved = {"properties": {"hub": "other", "tags": ["a:b"]}, "timeout": 60, "run_as": 2}
    assert (await robot.post(f"/_shell/automation/{made['id']}", saved))[0] == 200
    (placed,) = robot.server.world.portals["north"].automation
    assert (placed.properties, placed.timeout, placed.run_as) == (saved["properties"], 60, 2)
    assert (await robot.post(f"/_shell/automation/{made['id']}", {"properties": {}}))[0] == 400


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ({"INCLUDE": [["crm", "CCrmDocumentDeal"]]}, True),
        ({"INCLUDE": [["crm", "CCrmDocumentLead"]]}, False),
        ({"EXCLUDE": [["crm"]]}, False),
        ({"INCLUDE": ["b24"]}, True),
        ({"EXCLUDE": ["b24"]}, False),
        ({"INCLUDE": ["box"]}, False),
    ],
)
async def test_a_filter_says_where_a_robot_is_offered(stage, wanted, offered):
    robot = {"CODE": "r", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot", "FILTER": wanted}
    await stage.result("bizproc.robot.add", robot)
    async with stage.session.get(f"https://{stage.domain}/_shell/automation") as response:
        robots = (await response.json())["robots"]
    assert ("r" in [one["code"] for one in robots]) is offered


@pytest.mark.parametrize(
    "code",
    [
        "LEFT_MENU", "REST_APP_URI", "CRM_DEAL_DETAIL_TAB", "CRM_DEAL_DETAIL_TOOLBAR",
        "CRM_DEAL_DETAIL_ACTIVITY", "CRM_DEAL_LIST_MENU", "CRM_DEAL_LIST_TOOLBAR", "CRM_ANALYTICS_MENU",
        "CRM_DEAL_ROBOT_DESIGNER_TOOLBAR", "CRM_CONTACT_DETAIL_TAB", "CRM_SMART_INVOICE_DETAIL_TAB",
    ],
)  # fmt: skip
async def test_places_open_their_own_handlers(stage, code):
    handler = f"{stage.listener.url}/{code}"
    await stage.result("placement.bind", {"PLACEMENT": code, "HANDLER": handler, "TITLE": "Mine"})
    opened = await stage.open(placement=code, options={"ID": "1"})
    assert opened["url"].startswith(handler)
    assert (opened["fields"]["PLACEMENT"], opened["title"]) == (code, "Mine")


async def test_the_background_worker_has_rules_of_its_own(stage):
    bind = {"PLACEMENT": "PAGE_BACKGROUND_WORKER", "HANDLER": f"{stage.listener.url}/w"}
    assert (await stage.error("placement.bind", bind))[1] == "EMPTY_ERROR_HANDLER_URL"
    options = {"OPTIONS": {"errorHandlerUrl": f"{stage.listener.url}/e"}, "USER_ID": 2}
    assert await stage.result("placement.bind", bind | options) is True
    assert (await stage.error("placement.bind", bind | options))[1] == "ERROR_PLACEMENT_MAX_COUNT"
    tab = {"PLACEMENT": "LEFT_MENU", "HANDLER": f"{stage.listener.url}/m", "USER_ID": 2}
    assert (await stage.error("placement.bind", tab))[1] == "ERROR_PLACEMENT_USER_MODE"
