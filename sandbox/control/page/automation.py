"""The automation page: which robots there are, which stand on stages, and how they are set."""

from typing import Any

from sandbox.control import applications, dialogs
from sandbox.control.routes import Ask, Table
from sandbox.wire.errors import RestError
from sandbox.world.automation import WEBHOOK
from sandbox.world.model import Installation, PlacedRobot
from sandbox.world.portal import Portal

Json = dict[str, Any]

_URL = {"Id": "url", "Type": "string", "Name": "URL", "Required": True, "Multiple": False, "Default": ""}
_DOCUMENT = ("crm", "CCrmDocumentDeal", "DEAL")


def automation(ask: Ask) -> Json:
    portal = ask.portal
    robots = [row for i in portal.installations.values() for row in _robots(portal, i)]
    names = {(robot["client_id"], robot["code"]): robot["name"] for robot in robots}
    placed = [
        {
            "id": p.id,
            "category": p.category,
            "stage": p.stage,
            "client_id": p.client_id,
            "code": p.code,
            "name": names.get((p.client_id, p.code)) or ("Webhook" if p.code == WEBHOOK else p.code),
            "known": (p.client_id, p.code) in names or p.code == WEBHOOK,
            "wait": p.wait,
            "timeout": p.timeout,
            "properties": p.properties,
            "run_as": p.run_as,
        }
        for p in portal.automation
    ]
    return {"robots": [*robots, _webhook()], "placed": placed}


def place(ask: Ask) -> Json:
    _check(ask, ask.body.get("client_id") or "", ask.body["code"])
    return applications.place_robot(ask)


def save(ask: Ask) -> Json:
    """Keep the settings of a robot: only now are required properties asked for."""
    placed = _placed(ask)
    _check(ask, placed.client_id, placed.code)
    body = ask.body
    placed.properties = dict(body.get("properties") or {})
    placed.wait = body.get("wait", placed.wait)
    placed.timeout = int(body.get("timeout", placed.timeout) or 0)
    placed.run_as = int(body.get("run_as", placed.run_as) or 0)
    return {"id": placed.id}


def remove(ask: Ask) -> Json:
    ask.portal.automation.remove(_placed(ask))
    return {"result": True}


def _placed(ask: Ask) -> PlacedRobot:
    for placed in ask.portal.automation:
        if placed.id == int(ask.parts[0]):
            return placed
    raise RestError("NOT_FOUND", "No such robot", 404)


def _check(ask: Ask, client_id: str, code: str) -> None:
    given = ask.body.get("properties") or {}
    installation = ask.portal.installations.get(client_id)
    robot = installation.robots.get(code) if installation else None
    definitions = dialogs.definitions(ask.portal, robot) if robot else [_URL] if code == WEBHOOK else []
    for definition in definitions:
        if definition["Required"] and given.get(definition["Id"], definition["Default"]) in (None, "", []):
            raise RestError("REQUIRED", f"Required: {definition['Name']}")


def _robots(portal: Portal, installation: Installation) -> list[Json]:
    card = installation.application
    rows = []
    for code, robot in installation.robots.items():
        if not _fits(portal, robot.get("FILTER") or {}):
            continue
        name = dialogs.text(portal, robot.get("NAME"))
        rows.append(
            {
                "client_id": card.client_id,
                "code": code,
                "title": f"[{card.title}] {name}",
                "name": name,
                "description": dialogs.text(portal, robot.get("DESCRIPTION") or ""),
                "use_subscription": robot.get("USE_SUBSCRIPTION") or "",
                "own_page": robot.get("USE_PLACEMENT") == "Y",
                "properties": dialogs.definitions(portal, robot),
            }
        )
    return rows


def _webhook() -> Json:
    row: Json = {"client_id": "", "code": WEBHOOK, "title": "Webhook", "name": "Webhook", "description": ""}
    return row | {"use_subscription": "N", "own_page": False, "properties": [_URL]}


def _fits(portal: Portal, wanted: Json) -> bool:
    """Whether a robot is offered for deals of this portal, by the filter it was registered with."""
    included, excluded = _items(wanted, "INCLUDE"), _items(wanted, "EXCLUDE")
    here = [item for item in excluded if _matches(portal, item)]
    return not here and (not included or any(_matches(portal, item) for item in included))


def _items(wanted: Json, name: str) -> list[Any]:
    found = next((value for key, value in wanted.items() if key.upper() == name), None)
    if isinstance(found, dict):
        return list(found.values())
    return found if isinstance(found, list) else [found] if found else []


def _matches(portal: Portal, item: Any) -> bool:
    if item in ("b24", "box"):
        return portal.self_hosted is (item == "box")
    parts = list(item.values()) if isinstance(item, dict) else item if isinstance(item, list) else [item]
    return all(part == own for part, own in zip(parts, _DOCUMENT, strict=False))


TABLE: Table = {
    "GET automation": automation,
    "POST automation": place,
    "POST automation/*": save,
    "DELETE automation/*": remove,
}
