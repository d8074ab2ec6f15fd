"""The API behind the pages, asked by somebody who has no right to what they ask for."""

from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from application.crypto import KeyRing, new_key
from sandbox.driver.browser import Page
from tests.pages.crossed import Crossed
from tests.scenarios.arena import Arena

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYTHING = [
    ("GET", "deliveries"),
    ("GET", "deliveries/0193b5c0-0000-7000-8000-000000000000"),
    ("GET", "installation"),
    ("POST", "installation/steps/access"),
]


def bearing(page: Page, token: str) -> Page:
    return replace(page, boot={**page.boot, "session": token})


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_without_a_session_there_is_nothing(arena: Arena, crossed: Crossed, method: str, path: str):
    page = await arena.browser.open(crossed.north.name, crossed.north.client_id)
    headers: dict[str, str]
    for headers in ({}, {"Authorization": f"Basic {page.boot['session']}"}, {"Authorization": "Bearer"}):
        address = f"{page.origin}/api/v1/{path}"
        async with page.session.request(method, address, headers=headers) as answer:
            assert answer.status == 401
            assert (await answer.json())["code"] == "session_lost"


async def test_forged_and_old_sessions_are_refused(arena: Arena, crossed: Crossed):
    page = await arena.browser.open(crossed.north.name, crossed.north.client_id)
    session = page.boot["session"]
    claims = jwt.decode(session, options={"verify_signature": False})
    ours = KeyRing([arena.env["BRIDGE_SECRET_KEYS"]])
    head, body, signature = session.split(".")
    forged = [
        KeyRing([new_key()]).issue_session(claims, timedelta(minutes=5)),
        jwt.encode(claims, "", algorithm="none"),
        ours.issue_session(claims, timedelta(seconds=-1)),
        ours.issue_session({"sub": claims["sub"]}, timedelta(minutes=5)),
        f"{head}.{body}x.{signature}",
        f"{head}.{body}.",
        "Ünsinn",
    ]
    for token in forged:
        status, answer = await bearing(page, token).api("GET", "deliveries")
        assert (status, answer["code"]) == (401, "session_lost"), token
    status, _ = await bearing(page, ours.issue_session(claims, timedelta(minutes=5))).api("GET", "deliveries")
    assert status == 200


async def test_another_portal_s_delivery_does_not_exist(arena: Arena, crossed: Crossed):
    north, south, hub = [
        await arena.browser.open(portal.name, portal.client_id)
        for portal in (crossed.north, crossed.south, crossed.hub)
    ]
    _, listed = await north.api("GET", "deliveries")
    path = f"deliveries/{listed['items'][0]['id']}"
    assert (await north.api("GET", path))[0] == 200
    assert (await hub.api("GET", path))[0] == 200
    status, answer = await south.api("GET", path)
    assert (status, answer["code"], answer["sentence"]) == (
        404,
        "not_found",
        "There is no such thing, or this portal may not see it.",
    )
    unknown = await south.api("GET", "deliveries/0193b5c0-0000-7000-8000-000000000000")
    assert (unknown[0], unknown[1]["sentence"]) == (404, answer["sentence"])


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_who_is_no_administrator_gets_nothing(arena: Arena, crossed: Crossed, method: str, path: str):
    page = await arena.browser.open(crossed.north.name, crossed.north.client_id, user_id=2)
    assert page.boot["user"] == {"id": 2, "admin": False}
    status, answer = await page.api(method, path)
    assert (status, answer["code"]) == (403, "administrators_only")
    assert answer["sentence"] == "Это может сделать только администратор портала."
    assert answer["request_id"]


async def test_a_new_session_needs_a_token_of_that_portal(arena: Arena, crossed: Crossed):
    opened = await arena.control.open(crossed.north.name, crossed.north.client_id)
    mine = {"access_token": opened["fields"]["AUTH_ID"], "member_id": crossed.north.member_id}
    asked = {
        200: mine,
        403: {**mine, "member_id": crossed.south.member_id},
        400: {"access_token": mine["access_token"]},
    }
    address = f"{arena.bridge.url}/api/v1/session"
    for status, body in asked.items():
        async with arena.browser.session.post(address, json=body) as answer:
            assert answer.status == status, await answer.text()
            assert ("token" in await answer.json()) == (status == 200)
    async with arena.browser.session.post(address, json={**mine, "access_token": "0" * 70}) as answer:
        assert answer.status == 403
