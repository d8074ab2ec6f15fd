"""The robots' door: what is refused, why, that nothing of it stays; and which odd forms are welcome."""

import json
import secrets
from collections.abc import Callable
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.scenarios.arena import Arena, Pair, until
from tests.scenarios.calls import FORM, Fields, changed, encoded, post, robot_call

pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUIRED = ("code", "workflow_id", "event_token", "document_id", "document_type", "auth")
NESTED = f"properties{'[a]' * 200}"

Body = Callable[[Fields], bytes]


def without(key: str) -> Body:
    return lambda fields: encoded([field for field in fields if field[0].partition("[")[0] != key])


def using(**values: str | None) -> Body:
    return lambda fields: encoded(changed(fields, **values))


def plus(more: bytes) -> Body:
    return lambda fields: encoded(fields) + b"&" + more


REFUSED: dict[str, tuple[int, Body]] = {
    "wrong application token": (403, using(auth__application_token="0" * 32)),
    "empty application token": (400, using(auth__application_token="")),
    "unknown portal": (404, using(auth__member_id="f" * 32)),
    "member id of another shape": (400, using(auth__member_id="' OR 1=1 --")),
    "unknown robot": (404, using(code="make_coffee")),
    "not a deal": (400, using(document_id__2="LEAD_5")),
    "deal without a number": (400, using(document_id__2="DEAL_")),
    "no bytes at all": (400, lambda _: b""),
    "not percent-encoded": (400, lambda _: "код=привет".encode()),
    "not UTF-8 inside": (400, plus(b"properties[x]=%FF%FE")),
    "a NUL character": (400, plus(b"properties[x]=a%00b")),
    "unbalanced brackets": (400, plus(b"properties[x=1")),
    "value and list at once": (400, plus(b"code[0]=send_deal")),
    "a key twice": (400, plus(b"code=send_deal")),
    "a token twice": (400, plus(b"auth%5Bmember_id%5D=" + b"0" * 32)),
    "nested 200 deep": (400, plus(quote(NESTED).encode() + b"=1")),
    "5,000 fields": (400, plus("&".join(f"properties[f{n}]=1" for n in range(5_000)).encode())),
    "a user id of 5,000 digits": (400, using(auth__user_id="9" * 5_000)),
    "auth as a text": (400, lambda fields: without("auth")(fields) + b"&auth=secret"),
    "2 MB": (413, plus(b"properties[x]=" + b"x" * 2_000_000)),
    **{f"no {key}": (400, without(key)) for key in REQUIRED},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(arena: Arena) -> Pair:
    return await arena.pair()


async def a_deal(arena: Arena, pair: Pair) -> int:
    title = f"By hand {secrets.token_hex(4)}"
    return (await arena.control.add_deals(pair.partner.name, [{"title": title, "opportunity": 10}]))[0]


@pytest.mark.parametrize(("status", "body"), REFUSED.values(), ids=REFUSED)
async def test_a_call_that_is_not_right_is_refused_with_a_reason_and_leaves_nothing(
    arena: Arena, pair: Pair, status: int, body: Body
):
    fields = await robot_call(arena, pair, await a_deal(arena, pair))
    stored = await arena.stored_calls()
    logged = len(arena.log_lines())

    answered, reason = await post(arena, body(fields))

    assert (answered, set(reason)) == (status, {"error", "reason"}), reason
    assert 0 < len(json.dumps(reason)) < 300
    assert await arena.stored_calls() == stored

    async def line_in_the_log() -> bool:
        return any(reason["error"] in json.dumps(line) for line in arena.log_lines()[logged:])

    await until(line_in_the_log, 5)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_a_body_that_is_no_form_is_refused(arena: Arena, pair: Pair, content_type: str):
    fields = await robot_call(arena, pair, await a_deal(arena, pair))
    stored = await arena.stored_calls()
    answered, reason = await post(arena, json.dumps(dict(fields)).encode(), content_type)
    assert (answered, set(reason)) == (415, {"error", "reason"})
    assert await arena.stored_calls() == stored


async def test_json_that_calls_itself_a_form_is_refused(arena: Arena, pair: Pair):
    fields = await robot_call(arena, pair, await a_deal(arena, pair))
    answered, reason = await post(arena, json.dumps(dict(fields)).encode(), FORM)
    assert (answered, set(reason)) == (400, {"error", "reason"})


async def test_no_refusal_repeats_a_secret(arena: Arena, pair: Pair):
    fields = await robot_call(arena, pair, await a_deal(arena, pair))
    token = dict(fields)["auth[access_token]"]
    _, reason = await post(arena, encoded(changed(fields, code="make_coffee")))
    assert token not in json.dumps(reason)
    log = arena.processes.log_of("web").read_text(encoding="utf-8")
    assert token not in log
    assert dict(fields)["auth[application_token]"] not in log


ODD: dict[str, Body] = {
    "no properties": encoded,
    "properties as an empty text": plus(b"properties="),
    "one property with several values": plus(b"properties[x][0]=a&properties[x][1]=b"),
    "list brackets without a number": plus(b"properties[x][]=a"),
    "an index of 5,000 digits": plus(b"properties[x][" + b"9" * 5_000 + b"]=1"),
    "turned round": lambda fields: encoded(fields[::-1]),
    "brackets as they are": lambda fields: encoded(fields).replace(b"%5B", b"[").replace(b"%5D", b"]"),
    "no tokens": using(auth__access_token=None, auth__refresh_token=None, auth__user_id=None),
    "no refresh token": using(auth__refresh_token=None),
    "keys we have never seen": plus(b"is_new=1&auth%5Bregion%5D=ru&deep[a][b][c]=1"),
    "a type with its pipeline": using(document_type__2="DEAL_7"),
    "no waiting mentioned": using(use_subscription=None, timeout_duration=None),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_an_odd_but_legal_form_is_accepted_and_delivered(arena: Arena, pair: Pair, body: Body):
    deal = await a_deal(arena, pair)
    answered, reason = await post(arena, body(await robot_call(arena, pair, deal)))
    assert answered == 200, reason
    pair.traffic.sent.setdefault(pair.partner.name, []).append(deal)
    count = await until(pair.arrived, 20, "the deal in the hub")
    assert count.duplicates == 0


async def test_the_same_call_twice_is_one_delivery(arena: Arena, pair: Pair):
    deal = await a_deal(arena, pair)
    body = encoded(await robot_call(arena, pair, deal))
    stored = await arena.stored_calls()
    assert [(await post(arena, body))[0] for _ in range(3)] == [200, 200, 200]
    assert await arena.stored_calls() == stored + 1
