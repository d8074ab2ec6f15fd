"""Forms are read as PHP writes them, and what Bitrix24 would never send is refused in words."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.bitrix.forms import MAX_DEPTH, MAX_FIELDS, FormInvalid, event_form, parse_form, robot_form
from sandbox.wire.php import build_query, parse_str

MEMBER = "0123456789abcdef0123456789abcdef"
CALL: dict[str, Any] = {
    "workflow_id": "66f1.123",
    "code": "send_deal",
    "document_id": ["crm", "CCrmDocumentDeal", "DEAL_7"],
    "document_type": ["crm", "CCrmDocumentDeal", "DEAL"],
    "event_token": "66f1.123|A1|sig",
    "properties": {"mapping": "Основное", "tags": ["one"]},
    "use_subscription": "Y",
    "auth": {"member_id": MEMBER, "application_token": "token", "access_token": "a", "user_id": "1"},
}


def test_a_robot_call_is_read_field_by_field() -> None:
    form = robot_form(build_query(CALL).encode())
    assert (form.code, form.document_id, form.waits) == ("send_deal", "DEAL_7", True)
    assert form.properties == {"mapping": "Основное", "tags": ["one"]}
    assert (form.auth.member_id, form.auth.user_id, form.auth.refresh_token) == (MEMBER, 1, "")


def test_an_event_without_tokens_is_read() -> None:
    form = event_form(
        build_query({"event": "OnAppUninstall", "data": {"CLEAN": 1}, "auth": CALL["auth"]}).encode()
    )
    assert (form.event, form.data) == ("ONAPPUNINSTALL", {"CLEAN": "1"})


def test_secrets_do_not_show_when_a_form_is_printed() -> None:
    body = build_query({**CALL, "auth": {**CALL["auth"], "access_token": "s3cret"}}).encode()
    assert "s3cret" not in repr(robot_form(body))
    assert "66f1.123|A1|sig" not in repr(robot_form(body))


def _without(*path: str) -> dict[str, Any]:
    if len(path) == 1:
        return {key: value for key, value in CALL.items() if key != path[0]}
    return {**CALL, path[0]: {key: value for key, value in CALL[path[0]].items() if key != path[1]}}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (_without("code"), "code is missing"),
        (_without("event_token"), "event_token is missing"),
        (_without("document_id"), "document_id must have three parts"),
        (_without("auth"), "auth is missing"),
        (_without("auth", "member_id"), "member_id is missing"),
        (_without("auth", "application_token"), "application_token is missing"),
        ({**CALL, "code": ["send_deal"]}, "code must be a single value"),
        ({**CALL, "document_id": ["crm", "DEAL_7"]}, "document_id must have three parts"),
        ({**CALL, "properties": "x"}, "properties must be a list of values"),
        ({**CALL, "auth": {**CALL["auth"], "member_id": MEMBER.upper()}}, "32 hexadecimal digits"),
        ({**CALL, "auth": {**CALL["auth"], "user_id": "1e3"}}, "user_id must be a number"),
        ({**CALL, "auth": {**CALL["auth"], "user_id": "9" * 5000}}, "user_id must be a number"),
    ],
)
def test_what_a_call_lacks_is_said(call: dict[str, Any], said: str) -> None:
    with pytest.raises(FormInvalid, match=said):
        robot_form(build_query(call).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"a[b=1", b"a]b=1", b"[a]=1", b"=1", b"a[b]c=1", b"a=1&a=2", b"a=1&a[b]=2", b"a[b]=1&a=2",
        b"a=%ff", b"a=\xff", b"a=%00", b"a=\x00", b"a[%00]=1",
        b"a" + b"[x]" * (MAX_DEPTH + 1) + b"=1",
        b"&".join(b"a%d=1" % number for number in range(MAX_FIELDS + 1)),
    ],
)  # fmt: skip
def test_a_form_that_bitrix24_would_not_send_is_refused(body: bytes) -> None:
    with pytest.raises(FormInvalid):
        parse_form(body)


def test_indices_out_of_order_and_huge_ones_are_no_trouble() -> None:
    assert parse_form(b"a[1]=y&a[0]=x") == {"a": ["x", "y"]}
    assert parse_form(b"a[5]=x") == {"a": {"5": "x"}}
    assert parse_form(b"a[]=x&a[]=y") == {"a": ["x", "y"]}
    assert parse_form(b"a[" + b"9" * 5000 + b"]=x") == {"a": {"9" * 5000: "x"}}


_NAMES = st.text("abcdefgXYZ_", min_size=1, max_size=6)
_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
_VALUES = st.recursive(
    _TEXTS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_whatever_php_writes_is_read_as_php_reads_it(tree: dict[str, Any]) -> None:
    body = build_query(tree)
    assert parse_form(body.encode()) == parse_str(body) == tree


@given(st.binary(max_size=200) | st.text("ab[]=&%01;+", max_size=60).map(str.encode))
def test_no_body_does_anything_but_be_read_or_refused(body: bytes) -> None:
    for read in (parse_form, robot_form, event_form):
        with suppress(FormInvalid):
            read(body)
