"""Every way a client may call a method, and what an envelope looks like."""

import aiohttp
import pytest


async def test_every_way_to_carry_the_token(stage):
    url = f"https://{stage.domain}/rest/Profile.json"
    carried = [
        {"params": {"auth": stage.token}},
        {"json": {"auth": stage.token}},
        {"data": {"access_token": stage.token}},
        {"headers": {"Authorization": f"Bearer {stage.token}"}},
    ]
    for kwargs in carried:
        async with stage.session.post(url, **kwargs) as response:
            assert (response.status, (await response.json())["result"]["ID"]) == (200, "1")


async def test_the_time_object_has_whole_seconds_at_its_start(stage):
    _, body = await stage.rest("server.time")
    assert isinstance(body["time"]["start"], int)
    assert isinstance(body["time"]["processing"], int)
    assert {"finish", "duration", "date_start", "date_finish", "operating", "operating_reset_at"} <= set(
        body["time"]
    )


async def test_a_body_that_is_no_json_counts_as_none(stage):
    url = f"https://{stage.domain}/rest/batch?auth={stage.token}"
    headers = {"Content-Type": "application/json"}
    async with stage.session.post(url, data=b'{"cmd": {"a": ', headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["result"]["result"] == []


async def test_credentials_that_do_not_do(stage):
    assert await stage.post("/rest/profile", {}) == (
        401,
        {"error": "NO_AUTH_FOUND", "error_description": "Wrong authorization data"},
    )
    assert (await stage.error("profile", token="f" * 70))[:2] == (401, "invalid_token")
    assert (await stage.error("no.such.method"))[:2] == (404, "ERROR_METHOD_NOT_FOUND")
    await stage.control("POST", "clock", {"advance": 3601})
    assert (await stage.error("profile"))[:2] == (401, "expired_token")


async def test_webhooks_have_no_application_context(stage):
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm", "bizproc", "placement"]})
    status, body = await stage.post(hook["url"] + "crm.item.list.json", {"entityTypeId": 2})
    assert (status, body["result"]) == (200, {"items": []})
    status, body = await stage.post(hook["url"] + "bizproc.robot.list", {})
    assert (status, body["error"], body["error_description"]) == (
        403, "ACCESS_DENIED", "Application context required",
    )  # fmt: skip
    assert (await stage.post(hook["url"] + "placement.get", {}))[1]["error"] == "WRONG_AUTH_TYPE"
    assert set((await stage.post(hook["url"] + "app.info", {}))[1]["result"]) == {"SCOPE", "LICENSE"}
    wrong = hook["url"].replace(hook["code"], "nonsense")
    assert (await stage.post(wrong + "profile", {}))[1]["error"] == "INVALID_CREDENTIALS"


async def test_a_renamed_portal_redirects_and_answers_under_its_new_name(stage):
    await stage.fault("rename", domain="south.b24.localhost")
    url = f"https://{stage.domain}/rest/profile"
    async with stage.session.post(url, json={"auth": stage.token}, allow_redirects=False) as response:
        assert response.status == 302
        target = response.headers["Location"]
    assert target == f"https://south.b24.localhost:{stage.server.world.port}/rest/profile"
    assert (await stage.post(target, {"auth": stage.token}))[0] == 200


async def test_faults_that_execute_nothing(stage):
    await stage.fault("refuse", method="crm.deal.add", times=1)
    assert (await stage.error("crm.deal.add"))[:2] == (503, "QUERY_LIMIT_EXCEEDED")
    await stage.fault("error", method="crm.deal.*", error="ERROR_CORE", description="x", status=400, times=1)
    assert await stage.error("crm.deal.add") == (400, "ERROR_CORE", "x")
    await stage.fault("reset_before", method="crm.deal.add", times=1)
    with pytest.raises(aiohttp.ClientError):
        await stage.rest("crm.deal.add")
    await stage.fault("html_502", times=1)
    async with stage.session.post(f"https://{stage.domain}/rest/crm.deal.add") as response:
        assert (response.status, response.content_type) == (502, "text/html")
    assert await stage.control("GET", "portals/north/deals/count") == {"count": 0}


@pytest.mark.parametrize("kind", ["reset_after", "cut_body"])
async def test_faults_that_commit_and_lose_the_answer(stage, kind):
    await stage.fault(kind, method="crm.deal.add", times=1)
    with pytest.raises(aiohttp.ClientError):
        await stage.rest("batch", {"cmd": {"a": "crm.deal.add?fields[TITLE]=x"}})
    assert await stage.control("GET", "portals/north/deals/count") == {"count": 1}


@pytest.mark.parametrize("kind", ["hang_then_commit", "commit_then_hang"])
async def test_a_client_that_gives_up_does_not_stop_the_portal(stage, kind):
    await stage.fault(kind, method="crm.deal.add", times=1, seconds=0.3)
    timeout = aiohttp.ClientTimeout(total=0.1)
    with pytest.raises(TimeoutError):
        await stage.post("/rest/crm.deal.add", {"auth": stage.token}, timeout=timeout)
    count = -1
    while count != 1:
        count = (await stage.control("GET", "portals/north/deals/count"))["count"]
    assert count == 1


async def test_an_error_fault_strikes_single_commands_of_a_batch(stage):
    await stage.fault("error", method="crm.deal.add", error="OPERATION_TIME_LIMIT", status=429, times=1)
    found = await stage.batch({"a": "crm.deal.add", "b": "crm.deal.add", "c": "server.time"})
    assert set(found["result_error"]) == {"a"}
    assert set(found["result"]) == {"b", "c"}


async def test_frames_may_call_across_origins(stage):
    async with stage.session.options(f"https://{stage.domain}/rest/profile") as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
