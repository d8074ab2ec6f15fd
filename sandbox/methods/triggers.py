"""`crm.automation.trigger.*`: an application tells the automation that something has happened."""

import re

from sandbox.crm import changes
from sandbox.crm.fields import COMPANY, CONTACT, DEAL
from sandbox.crm.records import Item
from sandbox.holdings.state import Trigger
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError, access_denied

_CODE = re.compile(r"[A-Za-z0-9.\-_]+")
_OWNER_TYPES = frozenset({1, 2, 3, 4, 7, 31})


def add(request: Request) -> Reply:
    """Register a trigger, or give a known one another name."""
    triggers, code = _triggers(request), _code(request)
    name = php.to_text(request.get("NAME"))
    if name in ("", "0"):
        raise RestError("", "Empty trigger name!")
    triggers[code] = name
    return Reply(result=True)


def list_all(request: Request) -> Reply:
    return Reply([{"NAME": name, "CODE": code} for code, name in _triggers(request).items()])


def delete(request: Request) -> Reply:
    """Forget a trigger; where it stood on stages it stands no longer."""
    triggers, code = _triggers(request), _code(request)
    if triggers.pop(code, None) is None:
        raise RestError("", f"Trigger with code {code} is not registered.")
    client_id, held = request.caller.application.application.client_id, request.portal.held
    held.placed_triggers = [t for t in held.placed_triggers if (t.client_id, t.code) != (client_id, code)]
    return Reply(result=True)


def execute(request: Request) -> Reply:
    """Move what the portal's own rule says; `true` whether or not anything has moved."""
    triggers, code = _triggers(request), _code(request)
    if code not in triggers:
        raise RestError("", f"Trigger with code {code} is not registered.")
    entity, number = php.to_int(request.get("OWNER_TYPE_ID")), php.to_int(request.get("OWNER_ID"))
    if entity not in _OWNER_TYPES and entity not in request.portal.held.kinds:
        raise RestError("", "Incorrect parameter OWNER_TYPE_ID.")
    if number <= 0:
        raise RestError("", "Incorrect parameter OWNER_ID.")
    _fire(request, request.caller.application.application.client_id, code, _deals(request, entity, number))
    return Reply(result=True)


def execute_webhook(request: Request) -> Reply:
    """`crm.automation.trigger`: fire a trigger that stands on a stage under a code for webhooks."""
    kind, _, number = php.to_text(request.get("target")).upper().partition("_")
    if kind != "DEAL" or not number.isdigit():
        raise RestError("", "Incorrect target format.")
    _fire(request, None, php.to_text(request.get("code")), _deals(request, DEAL, int(number)))
    return Reply(result=True)


def _triggers(request: Request) -> dict[str, str]:
    if request.caller.installation is None:
        raise access_denied("Access denied! Application context required")
    if not request.caller.user.admin:
        raise access_denied("Access denied! Admin permissions required")
    return request.portal.held.triggers[request.caller.installation.application.client_id]


def _code(request: Request) -> str:
    code = php.to_text(request.get("CODE"))
    if code in ("", "0"):
        raise RestError("", "Empty trigger code!")
    if not _CODE.fullmatch(code):
        raise RestError("", "Wrong trigger code!")
    return code


def _deals(request: Request, entity: int, number: int) -> list[Item]:
    """The deals concerned: the one named, or those of a contact or company."""
    records = request.portal.records[DEAL]
    if entity == DEAL:
        deal = records.get(number)
        return [deal] if deal else []
    if entity == CONTACT:
        return [deal for deal in records if number in deal["contactIds"]]
    return [deal for deal in records if deal["companyId"] == number] if entity == COMPANY else []


def _fire(request: Request, client_id: str | None, code: str, deals: list[Item]) -> None:
    for trigger in request.portal.held.placed_triggers:
        if (trigger.client_id, trigger.code) == (client_id, code):
            for deal in deals:
                _move(request, deal, trigger)


def _move(request: Request, deal: Item, trigger: Trigger) -> None:
    """Move within the deal's own pipeline, back only if the rule allows it."""
    rows = request.portal.stages(deal["categoryId"])
    order = {stage.code: place for place, stage in enumerate(rows)}
    target, present = order.get(trigger.stage), order[deal["stageId"]]
    if target is None or target == present or (target < present and not trigger.back):
        return
    changes.update(request.hit, DEAL, deal, {"stageId": trigger.stage})


METHODS = [
    Method("crm.automation.trigger.add", add, "crm"),
    Method("crm.automation.trigger.list", list_all, "crm"),
    Method("crm.automation.trigger.delete", delete, "crm"),
    Method("crm.automation.trigger.execute", execute, "crm"),
    Method("crm.automation.trigger", execute_webhook, "crm"),
]
