"""The JSON that the portal page lives on, `/_shell/…`, for the portal of the host."""

from typing import Any

from sandbox.control import applications, records
from sandbox.control.frames import title_of
from sandbox.control.routes import Ask, Table
from sandbox.crm.fields import COMPANY, CONTACT, DEAL
from sandbox.wire.errors import RestError
from sandbox.world import lifecycle
from sandbox.world.model import Application, Installation, User
from sandbox.world.portal import Portal

Json = dict[str, Any]


def state(ask: Ask) -> Json:
    portal, user = ask.portal, _user(ask)
    cards = [card for card in ask.world.applications.values() if card.portal in (None, portal.name)]
    here = [card for card in cards if card.client_id in portal.installations]
    return {
        "portal": {**portal.row(), "scheme": "https"},
        "user": user.brief(),
        "users": [someone.brief() for someone in portal.users.values() if someone.active],
        "portals": [
            {"name": p.name, "title": p.title, "domain": p.domain, "url": p.url}
            for p in ask.world.portals.values()
        ],
        "pipelines": [_pipeline(portal, number) for number in portal.categories],
        "currencies": list(portal.currencies),
        "apps": [_app(portal, card, user) for card in here],
        "market": [_app(portal, card, user) for card in cards if card not in here],
        "placements": [row for i in portal.installations.values() for row in _placements(portal, i)],
    }


def deals(ask: Ask) -> Json:
    category, stage = ask.query.get("category"), ask.query.get("stage")
    wanted = [
        deal
        for deal in ask.portal.records[DEAL].newest_first()
        if category in (None, "", str(deal["categoryId"])) and stage in (None, "", deal["stageId"])
    ]
    offset, limit = int(ask.query.get("offset") or 0), int(ask.query.get("limit") or 200)
    return {"deals": wanted[offset : offset + limit], "total": len(wanted)}


def deal_card(ask: Ask) -> Json:
    portal, deal_id = ask.portal, int(ask.parts[0])
    deal = portal.records[DEAL].get(deal_id)
    if deal is None:
        raise RestError("NOT_FOUND", "No such deal", 404)
    return {
        "deal": deal,
        "timeline": _timeline(portal, deal_id),
        "contacts": portal.records[CONTACT].by_ids(deal["contactIds"]),
        "company": portal.records[COMPANY].get(deal["companyId"]),
        "products": portal.product_rows.get(("D", deal_id), []),
        "workflows": [run.row() for run in portal.runs_of_deal.get(deal_id, [])],
    }


def add_deal(ask: Ask) -> Json:
    made = records.create(ask, DEAL, [ask.body["fields"]])
    return {"deal": ask.portal.records[DEAL].get(made[0])}


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
            "name": names.get((p.client_id, p.code)) or p.code,
            "wait": p.wait,
            "timeout": p.timeout,
            "properties": p.properties,
            "run_as": p.run_as,
        }
        for p in portal.automation
    ]
    return {"robots": robots, "placed": placed}


def remove_robot(ask: Ask) -> Json:
    portal = ask.portal
    portal.automation = [placed for placed in portal.automation if placed.id != int(ask.parts[0])]
    return {"result": True}


def install(ask: Ask) -> Json:
    applications.install(ask)
    return _app(ask.portal, ask.world.applications[ask.parts[0]], _user(ask))


def uninstall(ask: Ask) -> Json:
    applications.uninstall(ask)
    return _app(ask.portal, ask.world.applications[ask.parts[0]], _user(ask))


def update(ask: Ask) -> Json:
    applications.update(ask)
    return _app(ask.portal, ask.world.applications[ask.parts[0]], _user(ask))


def open_page(ask: Ask) -> Json:
    body = ask.body
    return ask.scene.frames.open(
        ask.portal,
        body["client_id"],
        body.get("placement") or "DEFAULT",
        user_id=ask.user_id,
        options=body.get("options"),
        uri=body.get("uri"),
        binding_id=body.get("binding_id"),
    )


def set_install(ask: Ask) -> Json:
    ask.scene.frames.find(ask.body["sid"])
    return {"result": True}


def _user(ask: Ask) -> User:
    user = ask.portal.user(ask.user_id)
    if user is None:
        raise RestError("NOT_FOUND", "No such user", 404)
    return user


def _pipeline(portal: Portal, number: int) -> Json:
    placed = [(p.category, p.stage) for p in portal.automation]
    stages = [
        {
            "id": stage.code,
            "name": stage.name,
            "color": stage.color,
            "semantics": stage.semantics or "P",
            "sort": stage.sort,
            "robots": placed.count((number, stage.code)),
        }
        for stage in portal.stages(number)
    ]
    return {"id": number, "name": portal.categories[number].name, "stages": stages}


def _app(portal: Portal, card: Application, user: User) -> Json:
    present = card.client_id in portal.installations
    row = lifecycle.row(portal, card.client_id)
    return {
        "client_id": card.client_id,
        "code": card.client_id,
        "title": card.title,
        "kind": card.kind,
        "installed": row["installed"],
        "present": present,
        "active": row["active"],
        "version": row["version"],
        "status": card.status,
        "has_installer": bool(card.install_url),
        "api_only": card.api_only,
        "menu": present and not card.api_only and (row["installed"] or user.admin),
    }


def _placements(portal: Portal, installation: Installation) -> list[Json]:
    if not installation.working:
        return []
    return [
        {
            "id": binding.id,
            "client_id": installation.application.client_id,
            "placement": binding.code,
            "handler": binding.handler,
            "title": title_of(binding, portal, installation.application.title),
            "description": binding.description,
            "user_id": binding.user_id,
        }
        for binding in installation.placements
    ]


def _robots(portal: Portal, installation: Installation) -> list[Json]:
    card, rows = installation.application, []
    for code, robot in installation.robots.items():
        name = robot.get("NAME")
        if isinstance(name, dict):
            name = name.get(portal.language.upper()) or name.get("EN") or next(iter(name.values()))
        title = f"[{card.title}] {name}"
        rows.append({"client_id": card.client_id, "code": code, "title": title, "name": name})
    return rows


def _timeline(portal: Portal, deal_id: int) -> list[Json]:
    rows: list[Json] = [
        {"kind": e.kind, "at": e.at, "author_id": e.author_id, "title": e.title, "text": e.text}
        for e in portal.timeline
        if (e.entity, e.entity_id) == (DEAL, deal_id)
    ]
    for change in portal.history:
        if change["OWNER_ID"] == deal_id:
            stage = portal.stage(change["STAGE_ID"])
            text = stage.name if stage else change["STAGE_ID"]
            row = {"kind": "stage", "at": change["CREATED_TIME"], "author_id": 0, "title": None, "text": text}
            rows.append(row)
    return sorted(rows, key=lambda row: str(row["at"]))


TABLE: Table = {
    "GET state": state,
    "GET deals": deals,
    "GET deals/*": deal_card,
    "POST deals": add_deal,
    "POST deals/move": records.move,
    "GET workflows": lambda ask: {"workflows": applications.runs(ask.portal)},
    "GET automation": automation,
    "POST automation": applications.place_robot,
    "DELETE automation/*": remove_robot,
    "POST apps/*/install": install,
    "POST apps/*/uninstall": uninstall,
    "POST apps/*/update": update,
    "POST open": open_page,
    "POST frame/init": lambda ask: ask.scene.frames.init(ask.body["sid"]),
    "POST frame/refresh": lambda ask: ask.scene.frames.refresh(ask.body["sid"]),
    "POST frame/installed": lambda ask: ask.scene.frames.set_installed(
        ask.body["sid"], ask.body.get("value") or "Y"
    ),
    "POST frame/set_install": set_install,
    "POST frame/option": lambda ask: ask.scene.frames.set_option(
        ask.body["sid"], ask.body["kind"], ask.body["name"], ask.body.get("value")
    ),
}
