"""The HTTP face of `/rest/…`: addresses, bodies, CORS, and faults that break the connection."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.rest import batch, downloads
from sandbox.rest.dispatch import Dispatcher, dump, fault_error
from sandbox.rest.hit import CutError
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.faults import REST_KINDS, Fault
from sandbox.world.portal import Portal

Json = dict[str, Any]

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "origin, content-type, accept, authorization, x-requested-with",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
}
_BEFORE = frozenset({"refuse", "html_502", "error", "reset_before"})
_PAGE_502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_PAGE_504 = _PAGE_502.replace("502 Bad Gateway", "504 Gateway Time-out")
_LIMIT_BODY = {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}


async def answer(request: web.BaseRequest, portal: Portal, dispatcher: Dispatcher) -> web.StreamResponse:
    """Serve one call of `/rest/<method>` or `/rest/<user>/<code>/<method>`."""
    if request.method == "OPTIONS":
        return web.Response(headers=_CORS)
    method, webhook = _address(request.path)
    params = await _parameters(request, portal.switches.max_input_vars)
    if method in downloads.METHODS:
        return _download(request, portal, dispatcher, method, params, webhook)
    names = [method, *batch.methods(params)] if method == "batch" else [method]
    _note(portal, method, names, dispatcher)
    address = request.remote or ""
    if dispatcher.refused(portal, address):
        portal.journal.refused += 1
        return _json(503, _LIMIT_BODY)
    fault = dispatcher.world.faults.take(portal.name, names, _kinds(method))
    if fault is None:
        try:
            status, body = dispatcher.execute(portal, method, params, request.headers, webhook)
        except CutError:
            return _page(504, _PAGE_504)
        return _json(status, body, slashes=portal.switches.escape_slashes)
    return await _faulty(request, portal, dispatcher, fault, method, params, webhook)


async def _faulty(
    request: web.BaseRequest,
    portal: Portal,
    dispatcher: Dispatcher,
    fault: Fault,
    method: str,
    params: Json,
    webhook: tuple[str, str] | None,
) -> web.StreamResponse:
    if fault.kind in _BEFORE:
        return _before(request, portal, fault)
    if fault.kind in ("slow", "hang_then_commit"):
        await asyncio.sleep(fault.seconds)
    try:
        status, body = dispatcher.execute(portal, method, params, request.headers, webhook)
    except CutError:
        return _page(504, _PAGE_504)
    if fault.kind == "commit_then_hang":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "error_after":
        error = fault_error(fault)
        return _json(error.status, error.body())
    if fault.kind == "reset_after":
        return _reset(request)
    if fault.kind == "cut_body":
        return await _cut(request, status, dump(body))
    return _json(status, body)


def _before(request: web.BaseRequest, portal: Portal, fault: Fault) -> web.StreamResponse:
    if fault.kind == "refuse":
        portal.journal.refused += 1
        return _json(503, _LIMIT_BODY)
    if fault.kind == "html_502":
        return _page(502, _PAGE_502)
    if fault.kind == "error":
        error = fault_error(fault)
        return _json(error.status, error.body())
    return _reset(request)


def _download(
    request: web.BaseRequest,
    portal: Portal,
    dispatcher: Dispatcher,
    method: str,
    params: Json,
    webhook: tuple[str, str] | None,
) -> web.StreamResponse:
    if portal.switches.downloads_counted:
        _note(portal, method, [method], dispatcher)
        if dispatcher.refused(portal, request.remote or ""):
            portal.journal.refused += 1
            return _json(503, _LIMIT_BODY)
    try:
        return downloads.answer(request, dispatcher.world, portal, params, webhook)
    except RestError as error:
        return _json(error.status, error.body())


def _kinds(method: str) -> frozenset[str]:
    """A batch meets errors command by command, not as a whole."""
    return REST_KINDS - {"error", "error_after"} if method == "batch" else REST_KINDS


def _address(path: str) -> tuple[str, tuple[str, str] | None]:
    parts = [part for part in path.removeprefix("/rest").split("/") if part]
    method = parts[-1].lower() if parts else ""
    for ending in (".json", ".xml"):
        method = method.removesuffix(ending)
    return method, (parts[0], parts[1]) if len(parts) >= 3 else None


async def _parameters(request: web.BaseRequest, max_vars: int) -> Json:
    """Merge query and body, the body winning; a body that is no JSON counts as none."""
    params = php.parse_str(request.query_string, max_vars)
    if request.method == "POST":
        body = await request.read()
        kind = request.content_type
        if kind == "application/json":
            params |= _json_body(body)
        elif kind == "multipart/form-data":
            form = await request.post()
            texts = {k: v for k, v in form.items() if isinstance(v, str)}
            params |= php.parse_str(php.build_query(texts), max_vars)
        else:
            params |= php.parse_str(body.decode("utf-8", "replace"), max_vars)
    return params


def _json_body(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _note(portal: Portal, method: str, names: list[str], dispatcher: Dispatcher) -> None:
    journal = portal.journal
    journal.total += 1
    journal.by_method[method] += 1
    for nested in names[1:]:
        journal.by_method[f"batch:{nested}"] += 1
    journal.last.append({"method": method, "nested": names[1:], "at": dispatcher.world.now()})


def _page(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html")


def _json(status: int, body: Json, *, slashes: bool = True) -> web.Response:
    return web.Response(
        status=status,
        body=dump(body, slashes=slashes),
        headers={**_CORS, "Content-Type": "application/json; charset=utf-8"},
    )


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _cut(request: web.BaseRequest, status: int, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _reset(request)
    return response
