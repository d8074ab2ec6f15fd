"""The authorization server: tokens, refresh, rotation, and whose token it is."""


async def refresh(stage, token, **change):
    form = {
        "grant_type": "refresh_token",
        "client_id": stage.client_id,
        "client_secret": stage.client_secret,
        "refresh_token": token,
    }
    url = f"https://oauth.b24.localhost:{stage.server.world.port}/oauth/token/"
    async with stage.session.post(url, data=form | change) as response:
        return response.status, await response.json()


async def app_info(stage, token):
    url = f"https://oauth.b24.localhost:{stage.server.world.port}/rest/app.info/"
    async with stage.session.get(url, params={"auth": token}) as response:
        return response.status, await response.json()


async def test_a_refresh_token_works_once(stage):
    status, body = await refresh(stage, stage.refresh_token)
    assert status == 200
    assert body["domain"] == f"oauth.b24.localhost:{stage.server.world.port}"
    assert body["client_endpoint"] == f"https://{stage.domain}/rest/"
    assert set(body) == {
        "access_token", "refresh_token", "expires", "expires_in", "client_endpoint", "server_endpoint",
        "domain", "member_id", "scope", "status", "user_id",
    }  # fmt: skip
    assert (await stage.rest("profile", token=body["access_token"]))[0] == 200
    assert (await refresh(stage, stage.refresh_token))[1]["error"] == "invalid_grant"
    assert (await refresh(stage, body["refresh_token"]))[0] == 200


async def test_what_the_token_endpoint_refuses(stage):
    assert (await refresh(stage, stage.refresh_token, client_secret="x"))[1]["error"] == "invalid_client"
    assert (await refresh(stage, stage.refresh_token, grant_type="x"))[1]["error"] == "invalid_request"
    await stage.fault("revoke_tokens")
    assert (await refresh(stage, stage.refresh_token))[1]["error"] == "invalid_grant"


async def test_expired_tokens_can_be_refreshed(stage):
    await stage.fault("expire_tokens")
    assert (await stage.error("profile"))[1] == "expired_token"
    assert (await refresh(stage, stage.refresh_token))[0] == 200


async def test_app_info_has_every_key_that_the_sdk_asks_for(stage):
    status, body = await app_info(stage, stage.token)
    assert status == 200
    assert set(body["result"]) == {"client_id", "scope", "expires", "install", "user_id"}
    assert set(body["result"]["install"]) == {
        "installed", "version", "status", "scope", "domain", "uri", "client_endpoint", "member_id",
        "member_type",
    }  # fmt: skip
    assert (await app_info(stage, "x"))[1]["error"] == "NO_AUTH_FOUND"
