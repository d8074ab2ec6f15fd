"""b24pysdk, which nobody here wrote, against the sandbox over TLS."""

import asyncio
import socket

import pytest
from b24pysdk import Client, errors
from b24pysdk.api.requesters import BitrixOAuthRequester
from b24pysdk.credentials import BitrixApp, BitrixToken, OAuthEventData, OAuthPlacementData, OAuthWorkflowData


@pytest.fixture
def token(stage, monkeypatch):
    """The SDK's token of the opened page; names of this machine resolve, its CA is trusted."""
    resolve = socket.getaddrinfo

    def loopback(host, *args, **kwargs):
        if not str(host).endswith(".localhost"):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not on this machine")
        return resolve("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", loopback)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stage.server.ca_file))
    oauth = f"https://oauth.b24.localhost:{stage.server.world.port}"
    monkeypatch.setattr(BitrixOAuthRequester, "_OAUTH_TOKEN_URL", f"{oauth}/oauth/token/")
    monkeypatch.setattr(BitrixOAuthRequester, "_APP_INFO_URL", f"{oauth}/rest/app.info/")
    app = BitrixApp(client_id=stage.client_id, client_secret=stage.client_secret)
    return BitrixToken(
        domain=stage.domain, auth_token=stage.token, refresh_token=stage.refresh_token, bitrix_app=app
    )


async def test_calls_lists_and_batches(stage, token):
    client = Client(token)

    def work():
        number = client.crm.deal.add(fields={"TITLE": "From the SDK", "OPPORTUNITY": 10.5}).response.result
        got = client.crm.deal.get(bitrix_id=number).response.result
        page = client.crm.item.list(entity_type_id=2, filter={"@id": [number]}, start=-1).response
        batch = token.call_batch({"a": ("crm.deal.get", {"ID": number}), "b": ("profile", {})})
        with pytest.raises(errors.BitrixAPIInvalidArgValue):
            client.crm.item.list(entity_type_id=2, filter={"foo": 1}).response  # noqa: B018
        return got, page.result, batch

    got, page, batch = await asyncio.to_thread(work)
    assert (got["TITLE"], got["OPPORTUNITY"]) == ("From the SDK", "10.50")
    assert page["items"][0]["opportunity"] == 10.5
    assert batch["result"]["result"]["a"]["TITLE"] == "From the SDK"
    assert batch["result"]["result_error"] == []


async def test_an_expired_token_is_refreshed_by_the_sdk(stage, token):
    await stage.fault("expire_tokens")
    result = await asyncio.to_thread(lambda: token.call_method("profile")["result"])
    assert result["ID"] == "1"
    assert token.auth_token != stage.token


async def test_a_rename_is_understood_by_the_sdk(stage, token, monkeypatch):
    # The SDK forgets the port when it moves to the new name by itself.
    monkeypatch.setattr(type(token), "_AUTO_CHANGED_DOMAIN", False)
    await stage.fault("rename", domain="south.b24.localhost")
    with pytest.raises(errors.BitrixResponse302JSONDecodeError) as caught:
        await asyncio.to_thread(lambda: token.call_method("profile"))
    assert str(caught.value.new_domain).startswith("south.b24.localhost")


async def test_app_info_and_what_is_posted_can_be_read_by_the_sdk(stage, token):
    opened = await stage.open()
    query = dict(part.split("=") for part in opened["url"].partition("?")[2].split("&"))
    placement = OAuthPlacementData.from_dict({**query, **opened["fields"]})
    assert placement.oauth_token.access_token == opened["fields"]["AUTH_ID"]
    info = await asyncio.to_thread(lambda: token.bitrix_app.get_app_info(stage.token).result)
    assert info.install.member_id == opened["fields"]["member_id"]
    await stage.result("event.bind", {"event": "ONCRMDEALADD", "handler": f"{stage.listener.url}/event"})
    robot = {"CODE": "r", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot", "AUTH_USER_ID": 1}
    await stage.result("bizproc.robot.add", robot)
    placed = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "r", "run_as": 1}
    await stage.control("POST", "portals/north/automation", placed)
    await stage.deals({"title": "x"})
    (event,) = await stage.listener.wait("/event")
    (call,) = await stage.listener.wait("/robot")
    # Its comparison with app.info leaves the port out of one side, so only the parts are compared here.
    assert OAuthEventData.from_dict(event).auth.member_id == info.install.member_id
    workflow = OAuthWorkflowData.from_dict(call)
    assert workflow.auth.member_id == info.install.member_id
    assert (workflow.document_id, workflow.properties) == (["crm", "CCrmDocumentDeal", "DEAL_1"], None)
