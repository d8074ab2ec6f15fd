"""Methods open to every credential: scopes, method names, the portal's clock and features."""

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import moments, php
from sandbox.world import admission

_SCOPES = ["bizproc", "crm", "disk", "placement", "user", "user_basic", "user_brief"]


def scopes(request: Request) -> Reply:
    full = php.truthy(request.get("full"))
    return Reply(list(_SCOPES) if full else sorted(request.caller.scopes))


def methods(request: Request) -> Reply:
    """List names: of one scope, of all (`full`) or of those the credential may call."""
    from sandbox.methods import METHODS  # noqa: PLC0415 - the table is made from this module too

    scope, full = request.get("scope"), php.truthy(request.get("full"))
    if scope:
        return Reply([m.name for m in METHODS.values() if m.scope == scope])
    return Reply(
        [m.name for m in METHODS.values() if full or not m.scope or m.scope in request.caller.scopes]
    )


def method_exists(request: Request) -> Reply:
    from sandbox.methods import METHODS  # noqa: PLC0415 - the table is made from this module too

    method = METHODS.get(php.to_text(request.get("name")).lower())
    available = (
        method is not None
        and admission.offers(request.portal, method.name)
        and (not method.scope or method.scope in request.caller.scopes)
    )
    return Reply({"isExisting": method is not None, "isAvailable": available})


def server_time(request: Request) -> Reply:
    return Reply(moments.stamp(request.hit.now()))


def feature(request: Request) -> Reply:
    return Reply({"value": "Y" if admission.has(request.portal, php.to_text(request.get("code"))) else "N"})


METHODS = [
    Method("scope", scopes),
    Method("methods", methods),
    Method("method.get", method_exists),
    Method("server.time", server_time),
    Method("feature.get", feature),
]
