"""Only the authorization servers that the operator named are asked, and only they are told a secret."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from application.bitrix.oauth import OAuth, host_of, split_scopes
from application.bitrix.transport import Transport
from application.errors import PortalUnavailable, Rejected, TryLater
from sandbox.driver.control import Control
from sandbox.wire import certificates
from tests.application.bitrix.conftest import Portal, Trap


@pytest.fixture
def oauth(transport: Transport, control: Control) -> OAuth:
    return OAuth(transport, [control.oauth_host])


def _refresh(portal: Portal, **more: str) -> dict[str, str]:
    return {
        "client_id": portal.client_id, "client_secret": portal.client_secret, "member_id": portal.member_id,
        "refresh_token": portal.refresh_token, "server_endpoint": "", **more,
    }  # fmt: skip


async def test_the_server_says_whose_token_it_is(oauth: OAuth, portal: Portal) -> None:
    owner = await oauth.token_owner(portal.token, "")
    assert (owner.client_id, owner.member_id, owner.domain, owner.user_id) == (
        portal.client_id, portal.member_id, portal.domain, 1,
    )  # fmt: skip
    assert {"crm", "bizproc"} <= set(owner.scopes)


async def test_nobody_s_token_is_rejected(oauth: OAuth, portal: Portal) -> None:
    with pytest.raises(Rejected) as rejected:
        await oauth.token_owner("0" * 70, "")
    assert rejected.value.code == "token_not_ours"


async def test_a_refresh_brings_a_new_pair_and_the_portal_s_address(oauth: OAuth, portal: Portal) -> None:
    pair = await oauth.refresh(**_refresh(portal))
    assert pair.access_token != portal.token
    assert (pair.domain, pair.member_id) == (portal.domain, portal.member_id)
    assert timedelta(minutes=55) < pair.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert pair.access_token not in repr(pair)


async def test_a_server_that_nobody_allowed_is_told_no_secret(
    oauth: OAuth, portal: Portal, trap: Trap
) -> None:
    foreign = f"https://evil.b24.localhost:{trap.port}/rest/"
    assert (await oauth.token_owner(portal.token, foreign)).member_id == portal.member_id
    assert (await oauth.refresh(**_refresh(portal, server_endpoint=foreign))).member_id == portal.member_id
    assert trap.visits == 0


@pytest.mark.parametrize(
    "offered",
    [
        "https://evil.example/rest/", "https://oauth.bitrix.info@evil.example/rest/", "oauth.bitrix.info",
        "https://oauth.bitrix.info.evil.example/", "https://evil.example/oauth.bitrix.info", "", "https://",
        "https://OAUTH.bitrix.info/rest/", "http://oauth.bitrix.info/rest/", "https://oauth.bitrix.info:444/",
    ],
)  # fmt: skip
def test_whatever_is_offered_an_allowed_server_over_tls_is_asked(transport: Transport, offered: str) -> None:
    servers = OAuth(transport, ["oauth.bitrix.info", "oauth.bitrix24.tech"])
    assert servers.endpoint(offered) == "https://oauth.bitrix.info/rest/"
    assert servers.endpoint("https://oauth.bitrix24.tech/rest/") == "https://oauth.bitrix24.tech/rest/"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"refresh_token": "spent"}, "refresh_refused"),
        ({"client_secret": "wrong"}, "wrong_client"),
        ({"member_id": "f" * 32}, "token_of_other_portal"),
    ],
)
async def test_a_refresh_that_cannot_work_needs_a_person(
    oauth: OAuth, portal: Portal, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(PortalUnavailable) as refused:
        await oauth.refresh(**_refresh(portal, **changed))
    assert refused.value.code == code


async def test_a_server_that_is_away_is_tried_later_and_its_error_shows_no_secret(
    transport: Transport, portal: Portal
) -> None:
    away = OAuth(transport, ["oauth.b24.localhost:1"])
    with pytest.raises(TryLater) as later:
        await away.refresh(**_refresh(portal))
    assert later.value.code == "oauth_unreachable"
    assert portal.client_secret not in f"{later.value!r} {later.value} {later.value.params}"


async def test_a_pair_that_arrives_in_pieces_is_not_lost(tmp_path: Path) -> None:
    pair = {"access_token": "a", "refresh_token": "r", "expires": 2e9, "member_id": "0" * 32,
            "client_endpoint": "https://north.b24.localhost/rest/"}  # fmt: skip

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        whole = json.dumps(pair).encode()
        for piece in (whole[:20], whole[20:60], whole[60:]):
            await response.write(piece)
            await asyncio.sleep(0.02)
        return response

    ca_file, tls = certificates.make(tmp_path)
    transport = Transport(private_hosts=("*.b24.localhost",), ca_file=ca_file)
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        oauth = OAuth(transport, [f"oauth.b24.localhost:{runner.addresses[0][1]}"])
        found = await oauth.refresh(
            client_id="c", client_secret="s", refresh_token="r", server_endpoint="", member_id="0" * 32
        )
    finally:
        await transport.close()
        await runner.cleanup()
    assert found.access_token == "a"


async def test_an_answer_that_is_no_pair_is_tried_later(transport: Transport, portal: Portal) -> None:
    wrong_address = OAuth(transport, [portal.domain])  # a portal answers there, with something else
    with pytest.raises(TryLater):
        await wrong_address.refresh(**_refresh(portal))
    with pytest.raises((TryLater, Rejected)):
        await wrong_address.token_owner(portal.token, "")


def test_hosts_and_scopes_are_read_as_they_are_written() -> None:
    assert host_of("https://A.example:8443/rest/") == "a.example:8443"
    assert host_of("") == ""
    assert split_scopes("crm,bizproc user_basic, placement") == ("crm", "bizproc", "user_basic", "placement")
