"""Control calls about applications and the robots they have put on stages."""

from typing import Any

from sandbox.control.routes import Ask, Handler, Table
from sandbox.wire.errors import RestError
from sandbox.world import lifecycle
from sandbox.world.model import Application, Installation, PlacedRobot
from sandbox.world.portal import Portal
from sandbox.world.world import new_keys

Json = dict[str, Any]

_SCOPES = ("crm", "bizproc", "placement", "user")


def add(ask: Ask) -> Json:
    body = ask.body
    kind = body.get("kind", "market")
    client_id, secret = new_keys(kind)
    ask.world.add_application(
        Application(
            client_id=client_id,
            client_secret=secret,
            title=body.get("title") or "Application",
            kind=kind,
            handler_url=body.get("handler_url") or "",
            install_url=body.get("install_url"),
            event_url=body.get("event_url"),
            api_only=bool(body.get("api_only")),
            scopes=tuple(body.get("scopes") or _SCOPES),
            portal=body.get("portal"),
            market_status=body.get("status") or "F",
        )
    )
    return {"client_id": client_id, "client_secret": secret}


def install(ask: Ask) -> Json:
    card = _card(ask)
    lifecycle.install(ask.world, ask.portal, card, ask.user_id)
    return lifecycle.row(ask.portal, card.client_id)


def open_page(ask: Ask) -> Json:
    body = ask.body
    return ask.scene.frames.open(
        ask.portal,
        _card(ask).client_id,
        body.get("placement") or "DEFAULT",
        user_id=ask.user_id,
        options=body.get("options"),
        uri=body.get("uri"),
        binding_id=body.get("binding_id"),
    )


def finish(ask: Ask) -> Json:
    lifecycle.finish(ask.world, ask.portal, _installation(ask))
    return row(ask)


def update(ask: Ask) -> Json:
    lifecycle.update(ask.world, ask.portal, _installation(ask))
    return row(ask)


def uninstall(ask: Ask) -> Json:
    clean = bool(ask.body.get("clean"))
    lifecycle.uninstall(ask.world, ask.portal, _installation(ask), clean=clean)
    return row(ask)


def row(ask: Ask) -> Json:
    return lifecycle.row(ask.portal, _card(ask).client_id)


def place_robot(ask: Ask) -> Json:
    portal, body = ask.portal, ask.body
    placed = PlacedRobot(
        id=portal.next_id(),
        category=int(body.get("category") or 0),
        stage=body["stage"],
        client_id=body.get("client_id") or "",
        code=body["code"],
        properties=body.get("properties") or {},
        wait=body.get("wait"),
        timeout=int(body.get("timeout") or 0),
        run_as=int(body.get("run_as") or 0),
    )
    if not any(stage.code == placed.stage for stage in portal.stages(placed.category)):
        raise RestError("NOT_FOUND", f"No stage {placed.stage} in pipeline {placed.category}", 404)
    portal.automation.append(placed)
    return {"id": placed.id}


def pay(ask: Ask) -> Json:
    body = ask.body
    status, expired = body.get("status", "P"), bool(body.get("expired"))
    lifecycle.pay(
        ask.world, ask.portal, _installation(ask), status=status, expired=expired, days=body.get("days")
    )
    return row(ask)


def confirm(ask: Ask) -> Json:
    body, confirmed = ask.body, bool(ask.body.get("confirmed", True))
    lifecycle.confirm(
        ask.world,
        ask.portal,
        _installation(ask),
        method=body["method"],
        token=body.get("token") or "",
        confirmed=confirmed,
    )
    return row(ask)


def restrict(ask: Ask) -> Json:
    """Say who may use an application; `null` lets everybody."""
    users = ask.body["users"]
    _installation(ask).access = None if users is None else {int(number) for number in users}
    return row(ask)


def _card(ask: Ask) -> Application:
    client_id, portal = ask.parts[-1], ask.portal
    card = ask.world.applications.get(client_id)
    if card is None or (card.kind == "local" and card.portal not in (None, portal.name)):
        raise RestError("NOT_FOUND", f"No application {client_id} for {portal.name}", 404)
    return card


def _installation(ask: Ask) -> Installation:
    card, portal = _card(ask), ask.portal
    found = portal.installations.get(card.client_id)
    if found is None:
        raise RestError("NOT_INSTALLED", f"{card.client_id} is not installed on {portal.name}", 404)
    return found


def runs(portal: Portal) -> list[Json]:
    return [run.row() for run in portal.runs.values()]


_ACTIONS: dict[str, Handler] = {
    "install": install,
    "uninstall": uninstall,
    "update": update,
    "finish": finish,
    "open": open_page,
    "payment": pay,
    "confirm": confirm,
    "access": restrict,
}

TABLE: Table = {
    "POST apps": add,
    "GET portals/*/apps/*": row,
    **{f"POST portals/*/apps/*/{name}": action for name, action in _ACTIONS.items()},
    "POST portals/*/automation": place_robot,
    "GET portals/*/workflows": lambda ask: runs(ask.portal),
}
