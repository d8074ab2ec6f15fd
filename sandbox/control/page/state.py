"""What the portal page knows from the start: the portal, its people, pipelines, applications, places."""

from typing import Any

from sandbox.control.frames import title_of
from sandbox.control.routes import Ask, Table
from sandbox.crm.fields import DEAL
from sandbox.wire.errors import RestError
from sandbox.world import admission, lifecycle
from sandbox.world.model import Application, Installation, User
from sandbox.world.portal import Portal

Json = dict[str, Any]


def state(ask: Ask) -> Json:
    portal, user = ask.portal, who(ask)
    cards = [card for card in ask.world.applications.values() if card.portal in (None, portal.name)]
    here = [card for card in cards if card.client_id in portal.installations]
    installations = portal.installations.values() if user.active else ()
    return {
        "portal": {
            **portal.row(),
            "scheme": "https",
            "licensed": portal.licensed,
            "region": portal.region,
            "self_hosted": portal.self_hosted,
        },
        "user": _person(user),
        "users": [_person(someone) for someone in portal.users.values() if not someone.system],
        "portals": [
            {"name": p.name, "title": p.title, "domain": p.domain, "url": p.url}
            for p in ask.world.portals.values()
        ],
        "pipelines": [_pipeline(portal, number) for number in portal.categories],
        "currencies": list(portal.currencies),
        "fields": [
            {"name": f.name, "title": f.title or f.name, "required": f.required, "custom": f.custom}
            for f in portal.fields[DEAL].values()
            if not f.read_only
        ],
        "apps": [app_row(portal, card, user) for card in here],
        "market": [app_row(portal, card, user) for card in cards if card not in here],
        "placements": [row for one in installations for row in _placements(portal, one, user)],
        "faults": sum(row["portal"] in (None, portal.name) for row in ask.world.faults.rows()),
    }


def who(ask: Ask) -> User:
    """The acting user, who may have been dismissed."""
    user = ask.portal.users.get(ask.user_id)
    if user is None:
        raise RestError("NOT_FOUND", "No such user", 404)
    return user


def app_row(portal: Portal, card: Application, user: User) -> Json:
    installation = portal.installations.get(card.client_id)
    row = lifecycle.row(portal, card.client_id)
    usable = installation is not None and admission.may_use(installation, user) and user.active
    return {
        "client_id": card.client_id,
        "code": card.client_id,
        "title": card.title,
        "kind": card.kind,
        "installed": row["installed"],
        "present": installation is not None,
        "active": row["active"],
        "version": row["version"],
        "status": installation.status if installation else card.status,
        "expired": bool(installation and installation.expired),
        "has_installer": bool(card.install_url),
        "api_only": card.api_only,
        "menu": usable and not card.api_only and (row["installed"] or user.admin),
    }


def _person(user: User) -> Json:
    return user.brief() | {"active": user.active}


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


def _placements(portal: Portal, installation: Installation, user: User) -> list[Json]:
    if not installation.working or installation.expired or not admission.may_use(installation, user):
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
        if binding.user_id in (0, user.id)
    ]


TABLE: Table = {"GET state": state}
