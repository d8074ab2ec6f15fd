"""Triggers that applications fire and the portal's own rules answer."""

FIRE = {"CODE": "delivered", "OWNER_TYPE_ID": 2, "OWNER_ID": 1}


async def register(stage, stage_code=None, **more):
    await stage.result("crm.automation.trigger.add", {"CODE": "delivered", "NAME": "Delivered"})
    if stage_code:
        placed = {"client_id": stage.client_id, "code": "delivered", "stage": stage_code, **more}
        await stage.control("POST", "portals/north/triggers", placed)


async def stage_of(stage, number=1):
    return (await stage.result("crm.item.get", {"entityTypeId": 2, "id": number}))["item"]["stageId"]


async def test_a_trigger_moves_the_deal_where_the_portal_has_put_it(stage):
    await register(stage, "EXECUTING")
    await stage.deals({"title": "x"})
    assert await stage.result("crm.automation.trigger.execute", FIRE) is True
    assert await stage_of(stage) == "EXECUTING"
    rows = (await stage.result("crm.stagehistory.list", {"entityTypeId": 2}))["items"]
    assert [row["STAGE_ID"] for row in rows] == ["NEW", "EXECUTING"]


async def test_true_does_not_mean_that_anything_has_moved(stage):
    await register(stage)
    await stage.deals({"stageId": "EXECUTING"})
    assert await stage.result("crm.automation.trigger.execute", FIRE) is True
    await register(stage, "NEW")
    assert await stage.result("crm.automation.trigger.execute", FIRE) is True
    assert await stage_of(stage) == "EXECUTING"
    assert await stage.result("crm.automation.trigger.execute", {**FIRE, "OWNER_ID": 99}) is True
    await register(stage, "NEW", back=True)
    await stage.result("crm.automation.trigger.execute", FIRE)
    assert await stage_of(stage) == "NEW"


async def test_a_contact_fires_for_its_deals(stage):
    await register(stage, "EXECUTING")
    contact = await stage.result("crm.contact.add", {"fields": {"NAME": "Ann"}})
    await stage.deals({"contactIds": [contact]}, {"title": "other"})
    await stage.result("crm.automation.trigger.execute", {**FIRE, "OWNER_TYPE_ID": 3, "OWNER_ID": contact})
    assert (await stage_of(stage, 1), await stage_of(stage, 2)) == ("EXECUTING", "NEW")


async def test_triggers_are_listed_renamed_and_forgotten(stage):
    await register(stage)
    await stage.result("crm.automation.trigger.add", {"CODE": "delivered", "NAME": "Arrived"})
    assert await stage.result("crm.automation.trigger.list") == [{"NAME": "Arrived", "CODE": "delivered"}]
    assert await stage.result("crm.automation.trigger.delete", {"CODE": "delivered"}) is True
    assert await stage.result("crm.automation.trigger.list") == []
    assert await stage.error("crm.automation.trigger.execute", FIRE) == (
        400, "", "Trigger with code delivered is not registered.",
    )  # fmt: skip


async def test_wrong_calls(stage):
    add = "crm.automation.trigger.add"
    assert (await stage.error(add, {"CODE": "", "NAME": "x"}))[2] == "Empty trigger code!"
    assert (await stage.error(add, {"CODE": "a b", "NAME": "x"}))[2] == "Wrong trigger code!"
    assert (await stage.error(add, {"CODE": "a"}))[2] == "Empty trigger name!"
    await register(stage)
    fire = "crm.automation.trigger.execute"
    assert (await stage.error(fire, {**FIRE, "OWNER_TYPE_ID": 99}))[2] == "Incorrect parameter OWNER_TYPE_ID."
    assert (await stage.error(fire, {**FIRE, "OWNER_ID": 0}))[2] == "Incorrect parameter OWNER_ID."
    await stage.open(user_id=2)
    assert await stage.error(fire, FIRE) == (
        403, "ACCESS_DENIED", "Access denied! Admin permissions required",
    )  # fmt: skip
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm"]})
    status, body = await stage.post(f"/rest/1/{hook['code']}/{fire}", FIRE)
    assert (status, body["error_description"]) == (403, "Access denied! Application context required")


async def test_triggers_go_with_their_application(stage):
    await register(stage)
    await stage.app("uninstall")
    assert (await stage.control("GET", "portals/north/triggers"))["registered"] == {}


async def test_a_webhook_fires_triggers_that_were_put_there_for_it(stage):
    await stage.control("POST", "portals/north/triggers", {"code": "k7", "stage": "WON"})
    await stage.deals({"title": "x"})
    assert await stage.result("crm.automation.trigger", {"target": "DEAL_1", "code": "k7"}) is True
    assert await stage_of(stage) == "WON"
