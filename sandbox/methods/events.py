"""`event.*`: what an application asks to be told of, or to have kept for it."""

from sandbox.holdings import events as crm_events
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import addresses, php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world import admission
from sandbox.world.hits import event_call
from sandbox.world.model import Binding

_LIFE_CYCLE = ["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL", "ONAPPPAYMENT", "ONAPPTEST"]
_LIFE_CYCLE += ["ONAPPUSERREADY", "ONSUBSCRIPTIONRENEW", "ONAPPMETHODCONFIRM", "ONOFFLINEEVENT"]
_MAX_HANDLER = 255


def bind(request: Request) -> Reply:
    """Bind a handler or, `event_type=offline`, the queue of a source."""
    installation = request.caller.application
    user = request.caller.user
    name = _argument(request, "event").upper()
    if name not in _available(request):
        raise RestError("ERROR_EVENT_NOT_FOUND", "Event not found")
    offline, connector = _is_offline(request), _connector(request)
    handler, user_id = "", 0
    if offline:
        if not user.admin:
            raise access_denied("Offline events binding requires administrator access rights")
        if name in _LIFE_CYCLE:
            raise RestError("ERROR_ARGUMENT", "Offline event cannot be registered for this event.")
    else:
        handler = addresses.check(_argument(request, "handler"))
        user_id = _subject(request)
    same = (name, handler, user_id, connector)
    if any((b.code, b.handler, b.user_id, b.connector) == same for b in installation.events):
        raise RestError("ERROR_CORE", "Unable to set event handler: Handler already binded")
    if len(handler) > _MAX_HANDLER:
        raise RestError("ERROR_CORE", "Unable to set event handler: too long handler")
    options = {key: php.to_int(value) for key, value in php.pairs(request.get("options"))}
    installation.events.append(
        Binding(
            request.portal.next_id(),
            name,
            handler,
            user_id,
            connector=connector,
            options=options if name == "ONOFFLINEEVENT" else {},
        )
    )
    return Reply(result=True)


def unbind(request: Request) -> Reply:
    """Remove bindings; without `auth_type` an administrator removes those of all users."""
    installation = request.caller.application
    name = _argument(request, "event").upper()
    if _is_offline(request):
        if not request.caller.user.admin:
            raise access_denied("Offline events unbinding requires administrator access rights")
        connector = _connector(request)
        gone = [b for b in installation.events if (b.code, b.handler, b.connector) == (name, "", connector)]
    else:
        handler = _argument(request, "handler")
        any_user = request.caller.user.admin and request.get("auth_type") is None
        user_id = _subject(request)
        gone = [
            b
            for b in installation.events
            if (b.code, b.handler) == (name, handler) and (any_user or b.user_id == user_id)
        ]
    installation.events = [b for b in installation.events if b not in gone]
    return Reply({"count": len(gone)})


def get(request: Request) -> Reply:
    user = request.caller.user
    return Reply(
        [
            {"event": b.code, "handler": b.handler, "auth_type": str(b.user_id), "offline": 0}
            if b.handler
            else {"event": b.code, "connector_id": b.connector, "offline": 1}
            for b in request.caller.application.events
            if user.admin or b.user_id == user.id
        ]
    )


def names(request: Request) -> Reply:
    return Reply(_available(request, full=php.truthy(request.get("FULL"))))


def test(request: Request) -> Reply:
    """Queue ONAPPTEST with the parameters echoed."""
    installation = request.caller.application
    data = {"QUERY": request.params, "LANGUAGE_ID": request.portal.language}
    for binding in installation.events:
        if binding.code == "ONAPPTEST" and installation.working:
            call = event_call(
                request.portal,
                installation,
                binding,
                data,
                ts=int(request.hit.now()),
                user_id=binding.user_id or request.caller.user.id,
                refresh=True,
            )
            request.hit.send(call)
    return Reply(result=True)


def _available(request: Request, *, full: bool = False) -> list[str]:
    return _LIFE_CYCLE + (crm_events.names(request.portal) if full or "crm" in request.caller.scopes else [])


def _argument(request: Request, name: str) -> str:
    value = php.to_text(request.get(name))
    if not value:
        raise RestError("ERROR_ARGUMENT", f"Argument '{name}' is null or empty", argument=name)
    return value


def _is_offline(request: Request) -> bool:
    kind = php.to_text(request.get("event_type")).lower()
    if kind not in ("", "online", "offline"):
        text = "Value must be one of {online|offline}"
        raise RestError("ERROR_ARGUMENT", text, argument="EVENT_TYPE")
    return kind == "offline"


def _connector(request: Request) -> str:
    connector = php.to_text(request.get("auth_connector"))
    if connector and not admission.has(request.portal, admission.AUTH_CONNECTOR):
        raise RestError("ACCESS_DENIED", "License does not allow: auth_connector", 403)
    return connector


def _subject(request: Request) -> int:
    """Whose token the event will carry; others than administrators get their own only."""
    wanted = php.to_int(request.get("auth_type"))
    user = request.caller.user
    if user.admin:
        return wanted
    if wanted not in (0, user.id):
        raise access_denied("Event binding with AUTH_TYPE requires administrator access rights")
    return user.id


METHODS = [
    Method("event.bind", bind),
    Method("event.unbind", unbind),
    Method("event.get", get),
    Method("events", names),
    Method("event.test", test),
]
