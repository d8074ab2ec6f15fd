"""The authorization-code grant, and regions whose servers do not know each other's tokens."""

from urllib.parse import parse_qs, urlsplit

import pytest


async def authorize(stage, **query):
    """Where `/oauth/authorize/` of the portal leads: the query of its redirect, or its status."""
    url = f"https://{stage.domain}/oauth/authorize/"
    params = {"client_id": stage.client_id, "state": "s1", **query}
    async with stage.session.get(url, params=params, allow_redirects=False) as response:
        if response.status != 302:
            return response.status
        address = urlsplit(response.headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{stage.listener.url}/page"
        return {name: values[0] for name, values in parse_qs(address.query).items()}


async def exchange(stage, code, server="oauth", **more):
    url = f"https://{server}.b24.localhost:{stage.server.world.port}/oauth/token/"
    params = {"grant_type": "authorization_code", "code": code, **more}
    params = {"client_id": stage.client_id, "client_secret": stage.client_secret, **params}
    async with stage.session.get(url, params=params) as response:
        return response.status, await response.json()


async def test_consent_leads_to_the_application_with_a_code(stage):
    query = await authorize(stage)
    assert set(query) == {"code", "state", "domain", "member_id", "scope", "server_domain"}
    assert (query["state"], query["domain"]) == ("s1", stage.domain)
    assert query["server_domain"] == f"oauth.b24.localhost:{stage.server.world.port}"
    status, body = await exchange(stage, query["code"])
    assert (status, body["member_id"], body["user_id"]) == (200, query["member_id"], 1)
    assert body["domain"] == query["server_domain"]
    assert (await stage.rest("profile", token=body["access_token"]))[0] == 200
    refreshed = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}
    assert (await exchange(stage, "", **refreshed))[0] == 200


async def test_a_code_is_good_once_and_for_half_a_minute(stage):
    code = (await authorize(stage))["code"]
    assert (await exchange(stage, code))[0] == 200
    assert (await exchange(stage, code))[1]["error"] == "invalid_grant"
    late = (await authorize(stage))["code"]
    await stage.control("POST", "clock", {"advance": 31})
    assert (await exchange(stage, late))[1]["error"] == "invalid_grant"


async def test_a_code_is_no_good_to_another_application(stage):
    code = (await authorize(stage))["code"]
    other = await stage.control("POST", "apps", {"title": "Other", "kind": "market"})
    assert (await exchange(stage, code, **other))[1]["error"] == "invalid_grant"
    assert (await exchange(stage, code))[0] == 200


async def test_failures_stay_on_the_portals_page(stage):
    assert await authorize(stage, client_id="local.nobody") == 404
    await stage.app("access", users=[1])
    assert await authorize(stage, user_id="2") == 403


@pytest.fixture
async def russian(bare):
    """The stage's portal is of one region; this one is of the other, with the same application."""
    url = bare.listener.url
    await bare.control("POST", "portals", {"name": "volga", "language": "ru", "region": "ru"})
    await bare.add_app(kind="market", handler_url=f"{url}/page")
    path = f"portals/volga/apps/{bare.client_id}"
    await bare.control("POST", f"{path}/install", {})
    opened = await bare.control("POST", f"{path}/open", {})
    return bare, opened["fields"]


async def info(stage, server, token):
    url = f"https://{server}.b24.localhost:{stage.server.world.port}/rest/app.info/"
    async with stage.session.get(url, params={"auth": token}) as response:
        return response.status, await response.json()


async def test_tokens_of_one_region_are_unknown_at_the_other(russian):
    stage, fields = russian
    port = stage.server.world.port
    assert fields["SERVER_ENDPOINT"] == f"https://oauth-ru.b24.localhost:{port}/rest/"
    assert (await info(stage, "oauth-ru", fields["AUTH_ID"]))[0] == 200
    assert (await info(stage, "oauth", fields["AUTH_ID"]))[1]["error"] == "NO_AUTH_FOUND"
    refresh = {"grant_type": "refresh_token", "refresh_token": fields["REFRESH_ID"]}
    assert (await exchange(stage, "", **refresh))[1]["error"] == "invalid_grant"
    status, body = await exchange(stage, "", "oauth-ru", **refresh)
    assert (status, body["domain"]) == (200, f"oauth-ru.b24.localhost:{port}")


async def test_a_code_of_one_region_is_unknown_at_the_other(russian):
    stage, _ = russian
    stage.domain = stage.domain.replace("north", "volga")
    query = await authorize(stage)
    assert query["server_domain"].startswith("oauth-ru.")
    assert (await exchange(stage, query["code"]))[1]["error"] == "invalid_grant"
