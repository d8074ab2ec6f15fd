"""From an HTTP request to a method and back: journal, faults, limits, credentials, envelope."""

import json
import time
from typing import Any

from sandbox.methods import METHODS
from sandbox.rest import batch
from sandbox.rest import caller as callers
from sandbox.rest.caller import Caller
from sandbox.rest.hit import Meter, Reply, Request
from sandbox.rest.limits import Limits
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError
from sandbox.world import admission
from sandbox.world.faults import RECORD_KINDS, Fault
from sandbox.world.hits import Hit
from sandbox.world.portal import Portal
from sandbox.world.world import World

Json = dict[str, Any]

_NO_METHOD = RestError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)


class Dispatcher:
    """Executes calls of one process; holds nothing but the limiters."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.limits = Limits()

    def execute(
        self, portal: Portal, method: str, params: Json, headers: Any, webhook: tuple[str, str] | None
    ) -> tuple[int, Json]:
        """Run one call and answer HTTP status and body; events go out once it is done."""
        started = time.time()
        token = "" if webhook else callers.token_of(headers, params)
        if method != "batch" and method not in METHODS:
            return 404, _NO_METHOD.body()
        try:
            caller = callers.identify(self.world, portal, webhook, token)
        except RestError as error:
            return error.status, error.body()
        meter = Meter(self.limits, caller, self.world.now())
        hit = self.world.hit(portal, caller.user.id, token, php.to_text(params.get("auth_connector")))
        try:
            reply = self._run(method, params, hit, meter)
        except RestError as error:
            return error.status, error.body()
        finally:
            hit.close()
            meter.close()
        return 200, _envelope(reply, meter.time(method, started, time.time(), closed=True))

    def refused(self, portal: Portal, address: str) -> bool:
        return not self.limits.admit(portal, address, self.world.now())

    def _run(self, method: str, params: Json, hit: Hit, meter: Meter) -> Reply:
        caller = meter.caller
        if method != "batch":
            reply, _ = self._call(method, params, hit, meter, timed=False)
            return reply
        meter.book("batch")
        return batch.run(
            params,
            caller.portal.switches,
            lambda name, query: self._nested(caller, name, query, hit, meter),
        )

    def _nested(self, caller: Caller, name: str, query: Json, hit: Hit, meter: Meter) -> tuple[Reply, Json]:
        # Direct calls met such faults at the door; here each command meets its own.
        fault = self.world.faults.take(caller.portal.name, [name], ["error", "error_after"])
        if fault is None:
            return self._call(name, query, hit, meter, timed=True)
        if fault.kind == "error_after":
            self._call(name, query, hit, meter, timed=True)
        raise fault_error(fault)

    def _call(self, name: str, params: Json, hit: Hit, meter: Meter, *, timed: bool) -> tuple[Reply, Json]:
        started = time.time()
        method = METHODS.get(name)
        if method is None or not admission.offers(meter.caller.portal, name):
            raise _NO_METHOD
        if method.scope and method.scope not in meter.caller.scopes:
            text = "The request requires higher privileges than provided by the access token"
            raise RestError("insufficient_scope", "" if timed else text, 401)
        admission.check_confirmed(meter.caller.portal, meter.caller.installation, name)
        meter.check(name)
        meter.book(name)
        reply = self._made(method, Request(meter.caller, name, params, hit))
        return reply, meter.time(name, started, time.time(), closed=False) if timed else {}

    def _made(self, method: Method, request: Request) -> Reply:
        """Run a method, or let it see an older state, or run it twice, if a fault says so."""
        fault = self.world.faults.take(request.portal.name, [method.name], RECORD_KINDS)
        if fault is not None and fault.kind == "stale_list":
            request.lags_to = moments.stamp(self.world.now() - fault.seconds)
        reply = method.run(request)
        if fault is not None and fault.kind == "commit_twice":
            method.run(request)
        return reply


def fault_error(fault: Fault) -> RestError:
    return RestError(fault.error, fault.description, fault.status)


def _envelope(reply: Reply, times: Json) -> Json:
    body: Json = {"result": reply.result}
    if reply.next is not None:
        body["next"] = reply.next
    if reply.total is not None:
        body["total"] = reply.total
    body["time"] = times
    return body


def dump(body: Json, *, slashes: bool = False) -> bytes:
    """Print as PHP does, if wished with its `\\/`: a slash stands in nothing but strings."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return (text.replace("/", "\\/") if slashes else text).encode()
