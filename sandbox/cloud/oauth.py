"""The authorization server: tokens and the trusted `app.info`."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.rest.dispatch import dump
from sandbox.wire import php
from sandbox.world.model import Application, Token
from sandbox.world.portal import Portal
from sandbox.world.world import World

Json = dict[str, Any]


async def answer(request: web.BaseRequest, world: World, region: str) -> web.StreamResponse:
    """Serve `/oauth/token/` and `/rest/app.info/` to the portals of one region."""
    params = php.parse_str(request.query_string)
    if request.method == "POST":
        body = (await request.read()).decode("utf-8", "replace")
        if request.content_type != "application/json":
            params |= php.parse_str(body)
    path = request.path.rstrip("/")
    if path == "/oauth/token":
        status, answer_body = token(world, region, params)
    elif path in ("/rest/app.info", "/rest/app.info.json"):
        auth = params.get("auth") or params.get("access_token") or _bearer(request)
        status, answer_body = info(world, region, php.to_text(auth))
    else:
        status, answer_body = (
            404,
            {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"},
        )
    return web.Response(
        status=status, body=dump(answer_body), headers={"Content-Type": "application/json; charset=utf-8"}
    )


def token(world: World, region: str, params: Json) -> tuple[int, Json]:
    """Exchange a code or a refresh token for a new pair; what was handed in dies."""
    exchange = {"refresh_token": _refreshed, "authorization_code": _first}.get(str(params.get("grant_type")))
    if exchange is None or not (params.get("refresh_token") or params.get("code")):
        return 400, _error("invalid_request", "Invalid grant_type or missing parameters")
    application = world.applications.get(php.to_text(params.get("client_id")))
    if application is None or application.client_secret != params.get("client_secret"):
        return 400, _error("invalid_client", "Client not found or invalid secret")
    fresh, portal = exchange(world, region, application, params)
    if fresh is None or portal is None:
        return 400, _error("invalid_grant", "Invalid grant")
    installation = portal.installations.get(application.client_id)
    if installation is None:
        return 401, _error("NOT_INSTALLED", "Application not installed")
    if installation.expired:
        return 402, _error("PAYMENT_REQUIRED", "Payment required")
    return 200, {
        "access_token": fresh.access,
        "expires": int(fresh.expires),
        "expires_in": 3600,
        "scope": ",".join(application.scopes),
        "domain": world.oauth_host(region),
        "server_endpoint": world.oauth_rest(portal),
        "status": installation.status,
        "client_endpoint": portal.rest_url,
        "member_id": portal.member_id,
        "user_id": fresh.user_id,
        "refresh_token": fresh.refresh,
    }


Pair = tuple[Token | None, Portal | None]


def _refreshed(world: World, region: str, application: Application, params: Json) -> Pair:
    text = php.to_text(params.get("refresh_token"))
    portal = _portal(world, region, world.tokens.owner(text))
    return (world.tokens.rotate(text, application.client_id), portal) if portal else (None, None)


def _first(world: World, region: str, application: Application, params: Json) -> Pair:
    code = world.codes.spend(php.to_text(params.get("code")), application.client_id)
    portal = _portal(world, region, code.member_id if code else None)
    return (world.mint(portal, application, code.user_id), portal) if code and portal else (None, None)


def _portal(world: World, region: str, member_id: str | None) -> Portal | None:
    """The portal, if it belongs to this region: servers of other regions do not know its tokens."""
    portal = world.by_member(member_id) if member_id else None
    return portal if portal and portal.region == region else None


def info(world: World, region: str, access: str) -> tuple[int, Json]:
    """Tell whose token this is: the only answer about a portal that an application can trust."""
    found = world.tokens.find(access) if access else None
    portal = _portal(world, region, found.member_id if found else None)
    if found is None or portal is None:
        return 401, _error("NO_AUTH_FOUND", "Wrong authorization data")
    if world.tokens.expired(found):
        return 401, _error("expired_token", "The access token provided has expired.")
    if found.client_id not in portal.installations:
        return 401, _error("NOT_INSTALLED", "Application not installed")
    now = datetime.now(UTC)
    times = {
        "start": int(now.timestamp()),
        "finish": now.timestamp(),
        "duration": 0.01,
        "processing": 0,
        "date_start": now.isoformat(timespec="seconds"),
        "date_finish": now.isoformat(timespec="seconds"),
    }
    return 200, {"result": _info(found, portal), "time": times}


def _info(found: Token, portal: Portal) -> Json:
    installation = portal.installations[found.client_id]
    scope = ",".join(installation.application.scopes)
    return {
        "client_id": found.client_id,
        "scope": scope,
        "expires": datetime.fromtimestamp(found.expires, UTC).isoformat(),
        "install": {
            "installed": installation.installed,
            "version": installation.version,
            "status": installation.status,
            "scope": scope,
            "domain": portal.domain,
            "uri": portal.url,
            "client_endpoint": portal.rest_url,
            "member_id": portal.member_id,
            "member_type": "",
        },
        "user_id": str(found.user_id),
    }


def _bearer(request: web.BaseRequest) -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if kind.lower() == "bearer" else ""


def _error(code: str, text: str) -> Json:
    return {"error": code, "error_description": text}
