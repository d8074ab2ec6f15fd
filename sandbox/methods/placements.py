"""`placement.*`: places in the portal's pages that an application fills."""

from typing import Any

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import addresses, php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world.model import Binding, Installation

_CARDS = ("LEAD", "DEAL", "CONTACT", "COMPANY", "QUOTE", "SMART_INVOICE", "ORDER")
_CARD_PLACES = ("DETAIL_TAB", "DETAIL_TOOLBAR", "DETAIL_ACTIVITY", "LIST_MENU", "LIST_TOOLBAR")
SCOPES = {
    "LEFT_MENU": "",
    "REST_APP_URI": "",
    "PAGE_BACKGROUND_WORKER": "",
    "CRM_ANALYTICS_MENU": "crm",
    "CRM_ANALYTICS_TOOLBAR": "crm",
    "CRM_DEAL_ROBOT_DESIGNER_TOOLBAR": "crm",
    "CRM_LEAD_ROBOT_DESIGNER_TOOLBAR": "crm",
    **{f"CRM_{card}_{place}": "crm" for card in _CARDS for place in _CARD_PLACES},
    "TASK_VIEW_TAB": "task",
    "TASK_LIST_CONTEXT_MENU": "task",
    "TASK_ROBOT_DESIGNER_TOOLBAR": "task",
}
_SINGLE = frozenset({"REST_APP_URI", "PAGE_BACKGROUND_WORKER"})
_WORKER = "PAGE_BACKGROUND_WORKER"
_MAX_HANDLER = 255
_UNIQUE_HANDLER = 200


def bind(request: Request) -> Reply:
    installation = _administered(request)
    code = _code(request)
    handler = addresses.check(_required(request, "HANDLER"))
    bound = [b for b in installation.placements if b.code == code]
    user_id = php.to_int(request.get("USER_ID"))
    options = dict(php.pairs(request.get("OPTIONS")))
    if user_id and code != _WORKER:
        raise RestError("ERROR_PLACEMENT_USER_MODE", "User mode is not available")
    if code == _WORKER and not options.get("errorHandlerUrl"):
        raise RestError("EMPTY_ERROR_HANDLER_URL", "Empty error handler url")
    if code in _SINGLE and bound:
        raise RestError("ERROR_PLACEMENT_MAX_COUNT", "Placement max count!")
    if any(b.handler[:_UNIQUE_HANDLER] == handler[:_UNIQUE_HANDLER] for b in bound):
        raise RestError("ERROR_CORE", "Unable to set placement handler: Handler already binded")
    if len(handler) > _MAX_HANDLER:
        raise RestError("ERROR_CORE", "Unable to set placement handler: too long handler")
    languages = {
        language: {key.upper(): php.to_text(text) for key, text in php.pairs(texts)}
        for language, texts in php.pairs(request.get("LANG_ALL"))
    }
    installation.placements.append(
        Binding(
            request.portal.next_id(),
            code,
            handler,
            title=php.to_text(request.get("TITLE")),
            description=php.to_text(request.get("DESCRIPTION")),
            languages=languages,
            options=options,
            user_id=user_id,
        )
    )
    return Reply(result=True)


def unbind(request: Request) -> Reply:
    """Remove bindings; the count says twice as many, as on real portals."""
    installation = _administered(request)
    code = php.to_text(_required(request, "PLACEMENT")).upper()
    handler = request.get("HANDLER")
    gone = [b for b in installation.placements if b.code == code and handler in (None, "", b.handler)]
    installation.placements = [b for b in installation.placements if b not in gone]
    return Reply({"count": 2 * len(gone)})


def get(request: Request) -> Reply:
    rows = [
        {
            "id": binding.id,
            "placement": binding.code,
            "userId": binding.user_id,
            "handler": binding.handler,
            "options": php.array(binding.options),
            "title": binding.title,
            "description": binding.description,
            "langAll": php.array(dict(binding.languages)),
        }
        for binding in _administered(request).placements
    ]
    return Reply(rows)


def list_codes(request: Request) -> Reply:
    scope, full = request.get("SCOPE"), php.truthy(request.get("FULL"))
    owned = request.caller.application.application.scopes
    return Reply(
        [
            code
            for code, needed in SCOPES.items()
            if (scope in (None, "") or needed == scope) and (full or not needed or needed in owned)
        ]
    )


def _administered(request: Request) -> Installation:
    installation = request.caller.application
    if not request.caller.user.admin:
        raise access_denied()
    return installation


def _required(request: Request, name: str) -> Any:
    value = request.get(name)
    if not value:
        raise RestError("ERROR_ARGUMENT", f"Argument '{name}' is null or empty", argument=name)
    return value


def _code(request: Request) -> str:
    code = php.to_text(_required(request, "PLACEMENT")).upper()
    scope = SCOPES.get(code)
    if scope is None or (scope and scope not in request.caller.scopes):
        raise RestError("ERROR_PLACEMENT_NOT_FOUND", "Placement not found")
    return code


METHODS = [
    Method("placement.bind", bind, "placement"),
    Method("placement.unbind", unbind, "placement"),
    Method("placement.get", get, "placement"),
    Method("placement.list", list_codes, "placement"),
]
