"""Bytes go to the portal that was meant, once, and whatever comes back is judged."""

import json

import pytest
from b24pysdk.api.callers.call_method import _MethodCaller
from b24pysdk.api.requesters import BitrixAPIRequester
from b24pysdk.errors import BitrixBaseAPIError, BitrixResponseError

from application.bitrix.answers import Moved, TokenRefused
from application.bitrix.transport import Transport, _Prepared, guard_address
from application.errors import OutcomeUnknown, PortalUnavailable, Rejected, Throttled, TryLater
from sandbox.driver.control import Control
from tests.application.bitrix.conftest import Portal, Trap, open_transport


async def test_a_call_brings_back_the_portal_s_answer(transport: Transport, portal: Portal) -> None:
    profile = await portal.call(transport, "profile")
    assert (profile["ID"], profile["ADMIN"]) == ("1", True)


async def test_text_of_any_alphabet_arrives_as_it_was_sent(transport: Transport, portal: Portal) -> None:
    title = 'Договор «Ёж» & <b>"1+1"</b> 100% 你好 🙂'
    made = await portal.call(transport, "crm.item.add", writes=True, entityTypeId=2, fields={"title": title})
    assert made["item"]["title"] == title


@pytest.mark.parametrize("kind", ["html_502", "cut_body", "reset_before", "reset_after"])
async def test_a_read_that_broke_is_tried_later(transport: Transport, portal: Portal, kind: str) -> None:
    await portal.fault(kind)
    with pytest.raises(TryLater) as broken:
        await portal.call(transport, "profile")
    assert type(broken.value) is TryLater


@pytest.mark.parametrize("kind", ["html_502", "cut_body", "reset_before", "reset_after"])
async def test_a_write_that_broke_has_an_unknown_outcome(
    transport: Transport, portal: Portal, kind: str
) -> None:
    await portal.fault(kind)
    with pytest.raises(OutcomeUnknown):
        await portal.call(transport, "crm.deal.add", writes=True, fields={"TITLE": "x"})
    assert (await portal.control.requests(portal.name))["by_method"]["crm.deal.add"] == 1


async def test_a_write_that_never_reached_the_portal_may_simply_be_sent_again(
    transport: Transport, portal: Portal, trap: Trap
) -> None:
    portal.domain = "north.b24.localhost:1"  # nobody listens there
    with pytest.raises(TryLater) as unreachable:
        await portal.call(transport, "crm.deal.add", writes=True)
    assert (type(unreachable.value), unreachable.value.code) == (TryLater, "portal_unreachable")
    portal.domain = f"north.b24.localhost:{trap.port}"  # somebody who speaks no TLS
    with pytest.raises(TryLater):
        await portal.call(transport, "crm.deal.add", writes=True)


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [
        ("QUERY_LIMIT_EXCEEDED", 503, Throttled),
        ("NOT_FOUND", 400, Rejected),
        ("NOT_FOUND", 200, Rejected),
        ("expired_token", 401, TokenRefused),
        ("PORTAL_DELETED", 410, PortalUnavailable),
        ("", 400, Rejected),
        ("ERROR_CORE", 500, TryLater),
    ],
)
async def test_an_error_is_judged_by_its_code_and_not_by_its_status(
    transport: Transport, portal: Portal, error: str, status: int, expected: type[Exception]
) -> None:
    await portal.fault("error", error=error, description="said", status=status)
    with pytest.raises(expected):
        await portal.call(transport, "profile")


async def test_a_redirect_is_told_and_never_followed(transport: Transport, portal: Portal) -> None:
    port = portal.domain.partition(":")[2]
    await portal.control.fault("rename", portal.name, domain="elsewhere.b24.localhost")
    with pytest.raises(Moved) as moved:
        await portal.call(transport, "profile")
    assert moved.value.location.startswith(f"https://elsewhere.b24.localhost:{port}/")
    assert (await portal.control.requests(portal.name))["total"] == 0


# Names and literals of this machine, and spellings that some resolvers take for one.
_PRIVATE = [
    "127.0.0.1",
    "localhost",
    "north.b24.localhost",
    "2130706433",
    "0x7f000001",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
]


@pytest.mark.parametrize("host", _PRIVATE)
async def test_a_private_address_that_the_operator_did_not_allow_is_never_connected_to(
    control: Control, portal: Portal, trap: Trap, host: str
) -> None:
    async with open_transport(control, ()) as strict:
        portal.domain = f"{host}:{trap.port}"
        with pytest.raises(TryLater) as refused:
            await portal.call(strict, "profile")
        assert refused.value.code == "portal_unreachable"
        with pytest.raises(TryLater):
            await strict.ask(f"https://{host}:{trap.port}/oauth/token/", form={"client_secret": "x"})
    assert trap.visits == 0


@pytest.mark.parametrize("host", ["[::1]", "10.0.0.1", "169.254.169.254"])
async def test_a_private_address_without_a_port_is_refused_as_well(
    control: Control, portal: Portal, host: str
) -> None:
    async with open_transport(control, ()) as strict:
        portal.domain = host
        with pytest.raises(TryLater) as refused:
            await portal.call(strict, "profile")
    assert refused.value.params["reason"] == "PrivateAddress"


def test_only_hosts_that_match_a_pattern_may_be_private() -> None:
    guard_address("crm.example.com", "8.8.8.8", ())
    guard_address("crm.Corp.LAN", "10.0.0.7", ("*.corp.lan",))
    for host in ("corp.lan", "evil-corp.lan", "x.corp.lan.evil.example"):
        with pytest.raises(OSError, match="private address"):
            guard_address(host, "10.0.0.7", ("*.corp.lan",))


def test_the_sdk_still_prepares_and_parses_as_the_transport_expects() -> None:
    caller = _MethodCaller(
        domain="p.example", auth_token="t", is_webhook=False, api_method="crm.item.list", params={"a": 1}
    )
    assert caller._url == "https://p.example/rest/crm.item.list.json"
    assert caller._effective_params == {"a": 1, "auth": "t"}
    request = _Prepared(caller._url, params=caller._effective_params)
    assert request.headers()["Content-Type"] == "application/json"
    assert isinstance(request, BitrixAPIRequester)
    json_type = {"content-type": "application/json; charset=utf-8"}
    answer = {"result": {"items": []}, "total": 0, "time": {}}
    assert request.parse(200, json_type, json.dumps(answer).encode()) == answer
    for status in (200, 400, 401, 403, 404, 410, 429, 500, 503):
        with pytest.raises(BitrixBaseAPIError) as error:
            request.parse(status, json_type, b'{"error": "CODE", "error_description": "said"}')
        assert error.value.json_response["error"] == "CODE"
    for body in (b"", b"<html>", b'{"result": '):
        with pytest.raises((BitrixResponseError, AttributeError, TypeError, ValueError)):
            request.parse(502, {"content-type": "text/html"}, body)
