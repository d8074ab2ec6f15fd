"""Addresses that lead to files: signed ones under `/rest/`, and those of the older family."""

import contextlib
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.holdings import files
from sandbox.holdings.state import StoredFile
from sandbox.rest import caller as callers
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal
from sandbox.world.world import World

Json = dict[str, Any]

METHODS = frozenset({"crm.controller.item.getfile", "download"})
PAGES = ("/bitrix/", "/disk/")
_BROWSER = ("User-Agent", "Accept", "Accept-Language", "Referer")
_NO_TOKEN = RestError("INVALID_CREDENTIALS", "Invalid token", 403)


def answer(
    request: web.BaseRequest, world: World, portal: Portal, params: Json, webhook: tuple[str, str] | None
) -> web.Response:
    """Serve a file by its signed address; raise for a token that is forged, foreign or has expired."""
    access = "" if webhook else callers.token_of(request.headers, params)
    caller = callers.identify(world, portal, webhook, access)
    opened = files.opened(portal, php.to_text(params.get("token")), caller.secret)
    stored = portal.held.files.get(php.to_int(opened[1].get("fileId"))) if opened else None
    if stored is None:
        raise _NO_TOKEN
    return _file(request, portal, stored)


def page(request: web.BaseRequest, world: World, portal: Portal) -> web.Response:
    """Serve an address without signature: by the access token in it, else it wants a browser's session."""
    query = request.query
    if request.path.endswith("/show_file.php") and query.get("auth"):
        with contextlib.suppress(RestError):
            callers.identify(world, portal, None, query["auth"])
            stored = portal.held.files.get(php.to_int(query.get("fileId")))
            if stored is not None:
                return _file(request, portal, stored)
    body = "<html><head><title>Authorization</title></head><body><form>Log in</form></body></html>"
    return web.Response(status=401, text=body, content_type="text/html")


def _file(request: web.BaseRequest, portal: Portal, stored: StoredFile) -> web.Response:
    name = quote(stored.name)
    headers = {"Content-Disposition": f"attachment; filename=\"{name}\"; filename*=utf-8''{name}"}
    picky = portal.switches.picky_downloads
    if picky and not all(request.headers.get(header) for header in _BROWSER):
        return web.Response(status=404, headers=headers)
    headers["Content-Type"] = "application/octet-stream"
    return web.Response(body=stored.content, headers=headers)
