"""The form that a robot posts, and what ends its waiting."""

from tests.sandbox.stage import until

RETURNS = {"deal_id": {"Name": "Deal"}, "ok": {"Name": "Done", "Type": "bool"}}


async def placed(stage, *, subscription="Y", stage_id="EXECUTING", run_as=1, **more):
    robot = {
        "CODE": "send",
        "HANDLER": f"{stage.listener.url}/robot",
        "AUTH_USER_ID": 1,
        "USE_SUBSCRIPTION": subscription,
        "NAME": "Send",
        "RETURN_PROPERTIES": RETURNS,
        **more.pop("robot", {}),
    }
    await stage.result("bizproc.robot.add", robot)
    body = {"category": 0, "stage": stage_id, "client_id": stage.client_id, "code": "send", "run_as": run_as}
    await stage.control("POST", "portals/north/automation", body | more)


async def run(stage, **deal):
    (number,) = await stage.deals({"title": "Deal", **deal})
    await stage.control("POST", "portals/north/deals/move", {"ids": [number], "stage": "EXECUTING"})
    return number


async def workflows(stage):
    return await stage.control("GET", "portals/north/workflows")


async def test_the_form_is_that_of_section_5(stage):
    properties = {name: {"Name": name} for name in ("text", "list", "none", "gone", "yes")}
    values = {"text": "{=Document:TITLE}/{=Document:ID}", "list": ["a", "b"], "gone": [], "yes": True}
    await placed(stage, robot={"PROPERTIES": properties}, properties=values, timeout=660)
    number = await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert [form[f"document_id[{n}]"] for n in range(3)] == ["crm", "CCrmDocumentDeal", f"DEAL_{number}"]
    assert form["document_type[2]"] == "DEAL"
    assert form["code"] == "send"
    assert (form["use_subscription"], form["timeout_duration"]) == ("Y", "660")
    assert form["properties[text]"] == f"Deal/{number}"
    assert (form["properties[list][0]"], form["properties[list][1]"]) == ("a", "b")
    assert (form["properties[none]"], form["properties[yes]"]) == ("", "Y")
    assert not any(key.startswith("properties[gone]") for key in form)
    assert int(form["auth[expires]"]) - int(form["ts"]) in (3599, 3600, 3601)
    assert {key for key in form if key.startswith("auth[")} == {
        f"auth[{name}]"
        for name in (
            "access_token", "expires", "expires_in", "scope", "domain", "server_endpoint", "status",
            "client_endpoint", "member_id", "user_id", "refresh_token", "application_token",
        )
    }  # fmt: skip
    assert stage.listener.headers[-1]["User-Agent"] == "Bitrix24 Webhook Engine"
    workflow, _, rest = form["event_token"].split("|")
    assert workflow == form["workflow_id"]
    assert len(rest.split(".")[0]) == 32
    assert len(rest.split(".")[1]) == 64
    assert "%7C" in stage.listener.bodies[-1]
    status, body = await stage.rest("profile", token=form["auth[access_token]"])
    assert (status, body["result"]["ID"]) == (200, "1")


async def test_a_robot_without_properties_sends_no_such_key(stage):
    await placed(stage)
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert not any(key.startswith("properties") for key in form)


async def test_the_first_answer_wins_and_unknown_values_are_ignored(stage):
    await placed(stage)
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    send = {
        "EVENT_TOKEN": form["event_token"],
        "RETURN_VALUES": {"DEAL_ID": 5, "other": 1},
        "LOG_MESSAGE": "done",
    }
    assert await stage.result(
        "bizproc.activity.log", {"event_token": form["event_token"], "log_message": "on it"}
    )
    assert await stage.result("bizproc.event.send", send) is True
    assert await stage.result("bizproc.event.send", send | {"RETURN_VALUES": {"deal_id": 6}}) is True
    (row,) = await workflows(stage)
    assert (row["state"], row["return_values"], row["log"]) == ("closed", {"deal_id": 5}, ["on it", "done"])
    forged = send | {"EVENT_TOKEN": form["event_token"][:-1] + "x"}
    assert await stage.error("bizproc.event.send", forged) == (403, "ACCESS_DENIED", "Access denied!")


async def test_a_timeout_lets_the_workflow_go_on(stage):
    await placed(stage, timeout=1)
    await run(stage)
    await stage.listener.wait("/robot")
    portal = stage.server.world.portals["north"]
    await until(lambda: next(iter(portal.runs.values())).state == "closed")
    (row,) = await workflows(stage)
    assert row["is_timeout"] is True


async def test_robots_of_a_stage_follow_one_another(stage):
    await placed(stage)
    again = {"category": 0, "stage": "EXECUTING", "client_id": stage.client_id, "code": "send", "run_as": 1}
    await stage.control("POST", "portals/north/automation", again)
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert len(await workflows(stage)) == 1
    await stage.result("bizproc.event.send", {"event_token": form["event_token"]})
    forms = await stage.listener.wait("/robot", 2)
    assert forms[0]["workflow_id"] == forms[1]["workflow_id"]
    assert forms[0]["event_token"] != forms[1]["event_token"]


async def test_robots_that_do_not_wait_are_over_at_once(stage):
    await placed(stage, subscription="N", timeout=60)
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert (form["use_subscription"], form["timeout_duration"]) == ("N", "0")
    assert (await workflows(stage))[0]["state"] == "closed"


async def test_the_author_chooses_where_the_robot_leaves_it_open(stage):
    await placed(stage, subscription="", wait=False)
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert form["use_subscription"] == "N"


async def test_a_user_who_is_gone_means_no_tokens(stage):
    await placed(stage, run_as=2)
    await stage.control("PATCH", "portals/north/users/2", {"active": False})
    await run(stage)
    (form,) = await stage.listener.wait("/robot")
    assert {key for key in form if key.startswith("auth[")} == {
        "auth[domain]", "auth[server_endpoint]", "auth[client_endpoint]", "auth[member_id]",
        "auth[application_token]",
    }  # fmt: skip


async def test_a_deleted_robot_fails_the_workflow(stage):
    await placed(stage)
    await stage.result("bizproc.robot.delete", {"CODE": "send"})
    await run(stage)
    assert (await workflows(stage))[0]["state"] == "failed"


async def test_a_deal_created_on_the_stage_starts_the_robot_too(stage):
    await placed(stage)
    await stage.result("crm.deal.add", {"fields": {"STAGE_ID": "EXECUTING"}})
    assert await stage.listener.wait("/robot")


async def test_calls_can_be_doubled_lost_and_are_never_repeated(stage):
    await placed(stage, subscription="N")
    stage.listener.status = 500
    await stage.fault("double_call", times=1)
    await run(stage)
    forms = await stage.listener.wait("/robot", 2)
    assert forms[0]["event_token"] == forms[1]["event_token"]
    await stage.fault("lose_call", times=1)
    await run(stage)
    calls = await stage.control("GET", "calls")
    while calls["pending"]:
        calls = await stage.control("GET", "calls")
    assert [(c["kind"], c["status"], c["error"]) for c in calls["calls"]] == [
        ("robot", 500, None), ("robot", 500, None), ("robot", None, "lost"),
    ]  # fmt: skip
