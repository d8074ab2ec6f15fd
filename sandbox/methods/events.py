"""`event.*` for online events."""

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import addresses, php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world.hits import event_call
from sandbox.world.model import Binding

_LIFE_CYCLE = ["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL", "ONAPPPAYMENT", "ONAPPTEST"]
_LIFE_CYCLE += ["ONSUBSCRIPTIONRENEW", "ONAPPMETHODCONFIRM", "ONOFFLINEEVENT"]
_CRM = [
    f"ONCRM{kind}{what}" for kind in ("DEAL", "CONTACT", "COMPANY") for what in ("ADD", "UPDATE", "DELETE")
]
_CRM += ["ONCRMDEALMOVETOCATEGORY", "ONCRMTIMELINECOMMENTADD"]
_MAX_HANDLER = 255


def bind(request: Request) -> Reply:
    installation = request.caller.application
    name = _argument(request, "event").upper()
    if name not in _available(request):
        raise RestError("ERROR_EVENT_NOT_FOUND", "Event not found")
    if php.to_text(request.get("event_type")).lower() == "offline":
        raise RestError("ERROR_ARGUMENT", "Offline events are not available", argument="event_type")
    handler = addresses.check(_argument(request, "handler"))
    user_id = _subject(request)
    if any((b.code, b.handler, b.user_id) == (name, handler, user_id) for b in installation.events):
        raise RestError("ERROR_CORE", "Unable to set event handler: Handler already binded")
    if len(handler) > _MAX_HANDLER:
        raise RestError("ERROR_CORE", "Unable to set event handler: too long handler")
    installation.events.append(Binding(request.portal.next_id(), name, handler, user_id))
    return Reply(result=True)


def unbind(request: Request) -> Reply:
    installation = request.caller.application
    name, handler = _argument(request, "event").upper(), _argument(request, "handler")
    user_id = _subject(request)
    gone = [b for b in installation.events if (b.code, b.handler, b.user_id) == (name, handler, user_id)]
    installation.events = [b for b in installation.events if b not in gone]
    return Reply({"count": len(gone)})


def get(request: Request) -> Reply:
    return Reply(
        [
            {"event": b.code, "handler": b.handler, "auth_type": str(b.user_id), "offline": 0}
            for b in request.caller.application.events
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
    return _LIFE_CYCLE + (_CRM if full or "crm" in request.caller.scopes else [])


def _argument(request: Request, name: str) -> str:
    value = php.to_text(request.get(name))
    if not value:
        raise RestError("ERROR_ARGUMENT", f"Argument '{name}' is null or empty", argument=name)
    return value


def _subject(request: Request) -> int:
    """Whose token the event will carry; others than administrators get their own only."""
    wanted = php.to_int(request.get("auth_type"))
    user = request.caller.user
    if user.admin:
        return wanted
    if wanted not in (0, user.id):
        raise access_denied()
    return user.id


METHODS = [
    Method("event.bind", bind),
    Method("event.unbind", unbind),
    Method("event.get", get),
    Method("events", names),
    Method("event.test", test),
]
