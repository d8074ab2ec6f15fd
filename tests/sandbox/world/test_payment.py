"""Subscriptions, licences, access lists, confirmations and people who leave."""

import pytest

from tests.sandbox.world.test_lifecycle import SYSTEM_KEYS, bind


async def place(stage, **more):
    robot = {"CODE": "r", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot", "AUTH_USER_ID": 1}
    await stage.result("bizproc.robot.add", robot)
    body = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "r"}
    await stage.control("POST", "portals/north/automation", body | more)


async def test_payments_are_told_without_tokens(stage):
    await bind(stage, "ONAPPPAYMENT")
    await stage.app("payment", status="P", expired=False, days=30)
    (form,) = await stage.listener.wait("/event")
    assert {key for key in form if key.startswith("auth[")} == SYSTEM_KEYS
    data = {key[5:-1]: value for key, value in form.items() if key.startswith("data[")}
    paid = {"CODE": stage.client_id, "VERSION": "1", "STATUS": "P", "PAYMENT_EXPIRED": "N", "DAYS": "30"}
    assert data == paid


@pytest.mark.parametrize("status", ["F", "D", "T", "P", "S"])
async def test_every_status_is_told_in_every_place(stage, status):
    await stage.app("payment", status=status, days=7)
    opened = await stage.open()
    assert opened["fields"]["status"] == status
    info = await stage.result("app.info")
    assert (info["STATUS"], info["PAYMENT_EXPIRED"], info["DAYS"]) == (status, "N", 7)


async def test_an_expired_subscription_closes_rest_and_stops_events_and_robots(stage):
    await bind(stage, "ONCRMDEALADD", "ONAPPPAYMENT")
    await place(stage)
    await stage.app("payment", status="P", expired=True, days=0)
    (form,) = await stage.listener.wait("/event")
    assert (form["event"], form["data[PAYMENT_EXPIRED]"]) == ("ONAPPPAYMENT", "Y")
    assert (await stage.error("profile"))[:2] == (402, "PAYMENT_REQUIRED")
    await stage.deals({"title": "x"})
    (run,) = await stage.control("GET", "portals/north/workflows")
    assert (run["state"], run["log"]) == ("failed", ["Rest application: payment required."])
    assert len((await stage.control("GET", "calls"))["calls"]) == 1
    await stage.app("payment", status="P", expired=False)
    assert (await stage.rest("profile"))[0] == 200


async def test_refreshing_needs_a_subscription_too(stage):
    await stage.app("payment", status="P", expired=True)
    url = f"https://oauth.b24.localhost:{stage.server.world.port}/oauth/token/"
    params = {
        "grant_type": "refresh_token",
        "refresh_token": stage.refresh_token,
        "client_id": stage.client_id,
        "client_secret": stage.client_secret,
    }
    async with stage.session.get(url, params=params) as response:
        assert (response.status, (await response.json())["error"]) == (402, "PAYMENT_REQUIRED")


async def test_a_lapsed_licence_closes_the_portal(stage):
    await bind(stage, "ONCRMDEALADD")
    await place(stage)
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm"]})
    await stage.control("PATCH", "portals/north", {"licensed": False})
    status, code, text = await stage.error("profile")
    assert (status, code, "commercial plans" in text) == (403, "ACCESS_DENIED", True)
    assert (await stage.post(f"{hook['url']}profile"))[1]["error"] == "ACCESS_DENIED"
    await stage.deals({"title": "x"})
    calls = await stage.control("GET", "calls")
    assert (calls["calls"], calls["pending"]) == ([], 0)
    await stage.control("PATCH", "portals/north", {"licensed": True})
    assert (await stage.rest("profile"))[0] == 200


async def test_an_access_list_shuts_others_out(stage):
    await stage.open(user_id=2)
    await stage.app("access", users=[1])
    assert (await stage.error("profile"))[:2] == (401, "user_access_error")
    async with stage.session.get(f"https://{stage.domain}/_shell/state?user_id=2") as response:
        state = await response.json()
    assert (state["placements"], state["apps"][0]["menu"]) == ([], False)
    await stage.app("access", users=None)
    assert (await stage.rest("profile"))[0] == 200


async def test_methods_can_wait_for_an_administrators_word(stage):
    await bind(stage, "ONAPPMETHODCONFIRM")
    await stage.control("PATCH", "portals/north", {"confirmable": ["profile"]})
    assert (await stage.error("profile"))[:2] == (401, "METHOD_CONFIRM_WAITING")
    await stage.app("confirm", method="profile", token=stage.token, confirmed=False)
    assert (await stage.error("profile"))[:2] == (403, "METHOD_CONFIRM_DENIED")
    await stage.app("confirm", method="profile", token=stage.token, confirmed=True)
    assert (await stage.rest("profile"))[0] == 200
    forms = await stage.listener.wait("/event", 2)
    assert sorted(form["data[CONFIRMED]"] for form in forms) == ["0", "1"]
    assert {key for key in forms[0] if key.startswith("auth[")} == SYSTEM_KEYS
    assert (forms[0]["data[METHOD]"], forms[0]["data[TOKEN]"]) == ("profile", stage.token)


async def test_tokens_of_a_dismissed_user_die(stage):
    await stage.open(user_id=2)
    await stage.control("POST", "portals/north/users/2/dismiss", {})
    assert (await stage.error("profile"))[:2] == (401, "authorization_error")


async def test_a_technical_user_inherits_what_a_market_application_holds(stage):
    await stage.open(user_id=2)
    await stage.control("POST", "portals/north/users/2/dismiss", {"keep": True})
    status, body = await stage.rest("profile")
    assert (status, body["result"]["NAME"]) == (200, "Bridge")
    listed = await stage.result("user.get")
    assert [row["ID"] for row in listed] == ["1", "2", "3"]
    await stage.app("uninstall", clean=False)
    assert [u.active for u in stage.server.world.portals["north"].users.values() if u.system] == [False]


async def test_self_hosted_portals_have_no_limits(bare):
    body = {"name": "box", "self_hosted": True, "limits": True}
    await bare.control("POST", "portals", body)
    await bare.control("PATCH", "portals/box", {"limits": True})
    hook = await bare.control("POST", "portals/box/webhooks", {"scopes": ["crm"]})
    answers = [(await bare.post(f"{hook['url']}server.time"))[0] for _ in range(60)]
    assert set(answers) == {200}
    requests = await bare.control("GET", "portals/box/requests")
    assert requests["refused"] == 0
