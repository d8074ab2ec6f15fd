"""b24pysdk's own public methods, over TLS, for every REST method that the bridge uses."""

import asyncio

import pytest
from b24pysdk import Client, errors
from b24pysdk.api.requesters import BitrixOAuthRequester
from b24pysdk.credentials import BitrixApp, BitrixToken, OAuthEventData, OAuthPlacementData, OAuthWorkflowData

from tests.sandbox.stage import until


@pytest.fixture
def token(stage, monkeypatch, resolved):
    """The SDK's token of the opened page; its authorization server is a constant of the class."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stage.server.ca_file))
    oauth = f"https://oauth.b24.localhost:{stage.server.world.port}"
    monkeypatch.setattr(BitrixOAuthRequester, "_OAUTH_TOKEN_URL", f"{oauth}/oauth/token/")
    monkeypatch.setattr(BitrixOAuthRequester, "_APP_INFO_URL", f"{oauth}/rest/app.info/")
    app = BitrixApp(client_id=stage.client_id, client_secret=stage.client_secret)
    return BitrixToken(
        domain=stage.domain, auth_token=stage.token, refresh_token=stage.refresh_token, bitrix_app=app
    )


@pytest.fixture
def client(token):
    return Client(token)


async def ask(request):
    """Run one blocking request of the SDK beside the event loop."""
    return (await asyncio.to_thread(lambda: request().response)).result


async def test_deals_are_added_changed_and_read(stage, client):
    fields = {"TITLE": "From the SDK", "OPPORTUNITY": 10.5}
    number = await ask(lambda: client.crm.deal.add(fields=fields))
    assert await ask(lambda: client.crm.deal.update(bitrix_id=number, fields={"TITLE": "Changed"})) is True
    got = await ask(lambda: client.crm.deal.get(bitrix_id=number))
    assert (got["TITLE"], got["OPPORTUNITY"]) == ("Changed", "10.50")
    item = await ask(lambda: client.crm.item.get(entity_type_id=2, bitrix_id=number))
    assert item["item"]["opportunity"] == 10.5
    page = await ask(lambda: client.crm.item.list(entity_type_id=2, filter={"@id": [number]}, start=-1))
    assert page["items"][0]["title"] == "Changed"
    found = await ask(lambda: client.crm.item.fields(entity_type_id=2))
    assert found["fields"]["title"]["type"] == "string"


async def test_whole_lists_at_once(stage, token):
    await stage.deals(*({"title": f"Deal {number}"} for number in range(130)))
    params = {"entityTypeId": 2, "select": ["id"]}
    slow = await asyncio.to_thread(lambda: token.call_list("crm.item.list", params))
    assert len(slow["result"]["items"] if isinstance(slow["result"], dict) else slow["result"]) == 130
    fast = await asyncio.to_thread(
        lambda: [row["ID"] for row in token.call_list_fast("crm.deal.list", {"select": ["ID"]})["result"]]
    )
    assert sorted(map(int, fast)) == list(range(1, 131))


async def test_batches(stage, token):
    (number,) = await stage.deals({"title": "In a batch"})
    methods = {"a": ("crm.deal.get", {"ID": number}), "b": ("profile", {})}
    batch = await asyncio.to_thread(lambda: token.call_batch(methods))
    assert batch["result"]["result"]["a"]["TITLE"] == "In a batch"
    assert batch["result"]["result_error"] == []
    many = [("crm.deal.add", {"fields": {"TITLE": f"{n}"}}) for n in range(70)]
    made = await asyncio.to_thread(lambda: token.call_batches(many))
    assert len(made["result"]["result"]) == 70


async def test_robots_of_every_kind(stage, client):
    url = f"{stage.listener.url}/robot"
    robot = client.bizproc.robot
    await ask(lambda: robot.add("send", url, {"en": "Send"}, auth_user_id=1, use_subscription=True))
    assert await ask(robot.list) == ["send"]
    assert await ask(lambda: robot.update("send", {"NAME": "Other"})) is True
    with pytest.raises(errors.BitrixAPIError) as caught:
        await ask(lambda: robot.add("send", url, "Send"))
    assert caught.value.error == "ERROR_ACTIVITY_ALREADY_INSTALLED"
    placed = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "send"}
    await stage.control("POST", "portals/north/automation", placed)
    await stage.deals({"title": "x"})
    (form,) = await stage.listener.wait("/robot")
    call = OAuthWorkflowData.from_dict(form)
    assert (call.document_id, call.properties) == (["crm", "CCrmDocumentDeal", "DEAL_1"], None)
    assert await ask(lambda: client.bizproc.activity.log(call.event_token, "On it")) is True
    assert await ask(lambda: client.bizproc.event.send(call.event_token, {}, log_message="Done")) is True
    assert await ask(lambda: robot.delete("send")) is True
    with pytest.raises(errors.BitrixAPIError) as caught:
        await ask(lambda: client.bizproc.event.send("forged", {}))
    assert caught.value.error == "ACCESS_DENIED"


async def test_placements_and_events(stage, client):
    url = stage.listener.url
    bind = {"title": "Mine", "lang_all": {"en": {"TITLE": "Mine"}}}
    assert await ask(lambda: client.placement.bind("CRM_DEAL_DETAIL_TAB", f"{url}/tab", **bind)) is True
    assert (await ask(client.placement.get))[0]["placement"] == "CRM_DEAL_DETAIL_TAB"
    assert "LEFT_MENU" in await ask(client.placement.list)
    assert (await ask(lambda: client.placement.unbind("CRM_DEAL_DETAIL_TAB")))["count"] > 0
    assert await ask(lambda: client.event.bind("ONCRMDEALADD", f"{url}/event")) is True
    assert [row["event"] for row in await ask(client.event.get)] == ["ONCRMDEALADD"]
    await stage.deals({"title": "x"})
    (form,) = await stage.listener.wait("/event")
    event = OAuthEventData.from_dict(form)
    assert event.auth.member_id == stage.server.world.portals["north"].member_id
    assert (await ask(lambda: client.event.unbind("ONCRMDEALADD", f"{url}/event")))["count"] == 1


async def test_offline_events(stage, client):
    assert await ask(lambda: client.event.bind("ONCRMDEALADD", event_type="offline")) is True
    await stage.deals({"title": "x"})
    assert [row["EVENT_NAME"] for row in await ask(client.event.offline.list)] == ["ONCRMDEALADD"]
    got = await ask(lambda: client.event.offline.get(limit=10))
    assert [row["EVENT_DATA"]["FIELDS"]["ID"] for row in got["events"]] == [1]
    assert await ask(client.event.offline.list) == []


async def test_people_options_and_the_timeline(stage, client):
    await stage.deals({"title": "x"})
    assert (await ask(client.profile))["NAME"] == "Alice"
    people = await ask(lambda: client.user.get(filter={"ACTIVE": True}))
    assert [row["ID"] for row in people] == ["1", "2", "3"]
    assert "crm" in await ask(client.scope)
    assert (await ask(client.app.info))["INSTALLED"] is True
    comment = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "Text"}
    assert await ask(lambda: client.crm.timeline.comment.add(fields=comment)) > 0
    log = {"entityTypeId": 2, "entityId": 1, "title": "T", "text": "t", "iconCode": "info"}
    assert (await ask(lambda: client.crm.timeline.logmessage.add(fields=log)))["logMessage"]["id"]


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"kind": "refuse"}, errors.BitrixAPIQueryLimitExceeded),
        ({"kind": "error", "error": "ACCESS_DENIED", "status": 403}, errors.BitrixAPIAccessDenied),
        ({"kind": "error", "error": "PAYMENT_REQUIRED", "status": 402}, errors.BitrixAPIError),
        ({"kind": "html_502"}, errors.BitrixSDKException),
        ({"kind": "reset_before"}, errors.BitrixSDKException),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
async def test_errors_become_its_own(stage, client, fault, raised):
    await stage.fault(**fault)
    with pytest.raises(raised):
        await asyncio.to_thread(lambda: client.crm.deal.get(bitrix_id=1, timeout=2).response)


async def test_wrong_arguments_become_its_own_error(client):
    with pytest.raises(errors.BitrixAPIInvalidArgValue):
        await ask(lambda: client.crm.item.list(entity_type_id=2, filter={"foo": 1}))


async def test_an_expired_token_is_refreshed_by_the_sdk(stage, token):
    await stage.fault("expire_tokens")
    result = await asyncio.to_thread(lambda: token.call_method("profile")["result"])
    assert result["ID"] == "1"
    assert token.auth_token != stage.token


async def test_a_code_is_exchanged_by_the_sdk(stage, token):
    url = f"https://{stage.domain}/oauth/authorize/?client_id={stage.client_id}&state=s"
    async with stage.session.get(url, allow_redirects=False) as response:
        code = response.headers["Location"].partition("code=")[2].partition("&")[0]
    fresh = await asyncio.to_thread(lambda: token.bitrix_app.get_oauth_token(code))
    member = stage.server.world.portals["north"].member_id
    assert (fresh.member_id, fresh.oauth_token.access_token != stage.token) == (member, True)


async def test_a_rename_is_understood_by_the_sdk(stage, token, monkeypatch):
    # The SDK forgets the port when it moves to the new name by itself.
    monkeypatch.setattr(type(token), "_AUTO_CHANGED_DOMAIN", False)
    await stage.fault("rename", domain="south.b24.localhost")
    with pytest.raises(errors.BitrixResponse302JSONDecodeError) as caught:
        await asyncio.to_thread(lambda: token.call_method("profile"))
    assert str(caught.value.new_domain).startswith("south.b24.localhost")


@pytest.mark.parametrize("status", ["F", "D", "T", "P"])
async def test_app_info_and_what_is_posted_can_be_read_by_the_sdk(stage, token, status):
    await stage.app("payment", status=status)
    opened = await stage.open()
    query = dict(part.split("=") for part in opened["url"].partition("?")[2].split("&"))
    placement = OAuthPlacementData.from_dict({**query, **opened["fields"]})
    assert placement.oauth_token.access_token == opened["fields"]["AUTH_ID"]
    info = await asyncio.to_thread(lambda: token.bitrix_app.get_app_info(stage.token).result)
    assert (info.install.member_id, str(info.install.status.value)) == (
        opened["fields"]["member_id"],
        status,
    )
    await until(lambda: stage.server.queue.pending == 0)
