"""Robots: registration with Bitrix24's exact texts, and answers to a waiting one."""

import pytest

ROBOT = {"CODE": "send", "NAME": {"en": "Send"}, "AUTH_USER_ID": 1}


@pytest.fixture
def robot(stage):
    return {**ROBOT, "HANDLER": f"{stage.listener.url}/robot"}


async def test_a_robot_is_added_listed_changed_and_deleted(stage, robot):
    assert await stage.result("bizproc.robot.add", robot) is True
    assert await stage.result("bizproc.robot.list") == ["send"]
    assert await stage.result("bizproc.robot.update", {"code": "send", "fields": {"Name": "Other"}}) is True
    assert await stage.result("bizproc.robot.delete", {"CODE": "send"}) is True
    assert await stage.result("bizproc.robot.list") == []


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"CODE": ""}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty activity code!"),
        ({"CODE": "a b"}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity code!"),
        ({"NAME": ""}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty activity NAME!"),
        ({"HANDLER": "ftp://a.b/"}, "ERROR_UNSUPPORTED_PROTOCOL", "Unsupported handler protocol"),
        ({"HANDLER": "http://localhost/x"}, "ERROR_WRONG_HANDLER_URL", "Wrong handler URL"),
        ({"PROPERTIES": "x"}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong properties array!"),
        (
            {"PROPERTIES": {"1a": {"Name": "x"}}},
            "ERROR_ACTIVITY_VALIDATION_FAILURE",
            "Wrong property key (1a)!",
        ),
        ({"PROPERTIES": {"a": {}}}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty property NAME (a)!"),
        ({"FILTER": "x"}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity FILTER!"),
        ({"DOCUMENT_TYPE": ["crm"]}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity DOCUMENT_TYPE!"),
        ({"CODE": "a" * 129}, "ERROR_ACTIVITY_ADD_FAILURE", "Activity save error!"),
    ],
)
async def test_what_a_robot_may_not_be(stage, robot, change, code, text):
    assert await stage.error("bizproc.robot.add", robot | change) == (400, code, text)


async def test_codes_are_unique_and_must_exist_to_change(stage, robot):
    await stage.result("bizproc.robot.add", robot)
    assert await stage.error("bizproc.robot.add", robot) == (
        400, "ERROR_ACTIVITY_ALREADY_INSTALLED", "Activity or Robot already installed!",
    )  # fmt: skip
    missing = (400, "ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
    assert await stage.error("bizproc.robot.update", {"CODE": "x", "FIELDS": {"NAME": "y"}}) == missing
    assert await stage.error("bizproc.robot.delete", {"CODE": "x"}) == missing
    only = {"CODE": "send", "FIELDS": {"PLACEMENT_HANDLER": robot["HANDLER"]}}
    assert (await stage.error("bizproc.robot.update", only))[2] == "No fields to update"


async def test_placement_handlers_are_unique_for_each_code(stage, robot):
    with_page = robot | {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{stage.listener.url}/settings"}
    await stage.result("bizproc.robot.add", with_page)
    status, code, text = await stage.error("bizproc.robot.add", with_page | {"CODE": "other"})
    assert (status, code) == (400, "ERROR_CORE")
    assert text.endswith("You should use unique placement handler for each CODE!")


async def test_only_administrators_have_robots(stage, robot):
    await stage.open(user_id=2)
    assert await stage.error("bizproc.robot.add", robot) == (403, "ACCESS_DENIED", "Access denied!")
    assert await stage.error("bizproc.robot.list") == (403, "ACCESS_DENIED", "Access denied!")
