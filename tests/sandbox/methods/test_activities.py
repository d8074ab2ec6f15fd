"""Activities of business processes, their codes, and tariffs that have neither them nor robots."""

import pytest


@pytest.fixture
def activity(stage):
    return {"CODE": "send", "NAME": "Send", "AUTH_USER_ID": 1, "HANDLER": f"{stage.listener.url}/robot"}


async def test_robots_and_activities_share_their_codes(stage, activity):
    assert await stage.result("bizproc.activity.add", activity) is True
    taken = (400, "ERROR_ACTIVITY_ALREADY_INSTALLED", "Activity or Robot already installed!")
    assert await stage.error("bizproc.robot.add", activity) == taken
    assert await stage.result("bizproc.robot.list") == []
    assert await stage.result("bizproc.activity.list") == ["send"]
    missing = (400, "ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
    assert await stage.error("bizproc.robot.delete", {"CODE": "send"}) == missing
    assert await stage.result("bizproc.activity.update", {"CODE": "send", "FIELDS": {"NAME": "x"}}) is True
    assert await stage.result("bizproc.activity.delete", {"CODE": "send"}) is True


async def test_an_activity_is_called_as_a_robot_is(stage, activity):
    await stage.result("bizproc.activity.add", activity)
    placed = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "send"}
    await stage.control("POST", "portals/north/automation", placed)
    await stage.deals({"title": "x"})
    (form,) = await stage.listener.wait("/robot")
    assert (form["code"], form["document_id[2]"]) == ("send", "DEAL_1")
    assert await stage.result("bizproc.event.send", {"event_token": form["event_token"]}) is True


async def test_an_update_wipes_activities_too(stage, activity):
    await stage.result("bizproc.activity.add", activity)
    assert (await stage.app("update"))["activities"] == []


async def test_methods_of_an_absent_feature_do_not_exist(stage, activity):
    await stage.control("PATCH", "portals/north", {"features": []})
    none = (404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
    assert await stage.error("bizproc.robot.list") == none
    assert await stage.error("bizproc.activity.add", activity) == none
    found = await stage.result("method.get", {"name": "bizproc.robot.add"})
    assert found == {"isExisting": True, "isAvailable": False}
    await stage.control("PATCH", "portals/north", {"features": ["automation"]})
    assert await stage.result("bizproc.robot.list") == []
    assert await stage.error("bizproc.activity.list") == none


async def test_nothing_starts_where_the_tariff_has_no_automation(stage, activity):
    await stage.result("bizproc.robot.add", activity)
    placed = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "send"}
    await stage.control("POST", "portals/north/automation", placed)
    await stage.control("PATCH", "portals/north", {"features": []})
    await stage.deals({"title": "x"})
    assert await stage.control("GET", "portals/north/workflows") == []
