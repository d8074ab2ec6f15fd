"""Installing, finishing, updating and removing applications, with what each destroys and announces."""

import hashlib
from typing import TYPE_CHECKING, Any

from sandbox.world.hits import event_call
from sandbox.world.model import Application, Binding, Installation, User
from sandbox.world.portal import Portal

if TYPE_CHECKING:
    from sandbox.world.world import World


def install(world: "World", portal: Portal, application: Application, user_id: int) -> Installation:
    """Install or install again; API-only applications are told at once, others open their installer."""
    installation = portal.installations.get(application.client_id)
    if installation is None:
        installation = portal.removed.pop(application.client_id, None) or _row(world, portal, application)
        portal.installations[application.client_id] = installation
    installation.active = True
    installation.installer_id = user_id
    installation.version = application.version
    installation.installed = application.api_only or not application.install_url
    if application.api_only:
        url = application.event_url or application.install_url
        if url and not any(b.code == "ONAPPINSTALL" and b.handler == url for b in installation.events):
            installation.events.append(Binding(portal.next_id(), "ONAPPINSTALL", url))
        announce_install(world, portal, installation)
    return installation


def finish(world: "World", portal: Portal, installation: Installation) -> None:
    """Do what `installFinish` does; calling it twice changes nothing."""
    if installation.installed:
        return
    installation.installed = True
    announce_install(world, portal, installation)


def announce_install(world: "World", portal: Portal, installation: Installation) -> None:
    data = {
        "VERSION": installation.version,
        "ACTIVE": "Y" if installation.active else "N",
        "INSTALLED": "Y" if installation.installed else "N",
        "LANGUAGE_ID": portal.language,
    }
    _announce(world, portal, installation, "ONAPPINSTALL", data, user_id=installation.installer_id)


def update(world: "World", portal: Portal, installation: Installation) -> None:
    """Bring a new version: ONAPPUPDATE goes out first, then robots and event bindings are gone."""
    previous = installation.version
    installation.version = previous + 1
    installation.application.version = max(installation.application.version, installation.version)
    data = {
        "VERSION": installation.version,
        "PREVIOUS_VERSION": previous,
        "LANGUAGE_ID": portal.language,
    }
    _announce(world, portal, installation, "ONAPPUPDATE", data, user_id=installation.installer_id)
    installation.robots.clear()
    installation.activities.clear()
    installation.events.clear()


def uninstall(world: "World", portal: Portal, installation: Installation, *, clean: bool) -> None:
    """Remove: ONAPPUNINSTALL is queued if bound, then tokens, robots and bindings are gone."""
    client_id = installation.application.client_id
    data = {"LANGUAGE_ID": portal.language, "CLEAN": int(clean)}
    _announce(world, portal, installation, "ONAPPUNINSTALL", data, user_id=None)
    world.tokens.revoke(portal.member_id, client_id)
    portal.held.triggers.pop(client_id, None)
    installation.robots.clear()
    installation.activities.clear()
    installation.events.clear()
    installation.placements.clear()
    installation.offline.clear()
    if system := portal.users.get(installation.system_user or 0):
        system.active = False
    if clean:
        installation.options.clear()
        installation.user_options.clear()
    installation.active = installation.installed = False
    del portal.installations[client_id]
    if installation.application.kind == "market":
        portal.removed[client_id] = installation


def pay(
    world: "World",
    portal: Portal,
    installation: Installation,
    *,
    status: str,
    expired: bool,
    days: int | None,
) -> None:
    """Note what the payment system says; ONAPPPAYMENT has no acting user and goes out even to debtors."""
    installation.paid, installation.expired, installation.days = status, expired, days
    data = {
        "CODE": installation.application.client_id,
        "VERSION": installation.version,
        "STATUS": status,
        "PAYMENT_EXPIRED": "Y" if expired else "N",
        "DAYS": days,
    }
    _announce(world, portal, installation, "ONAPPPAYMENT", data, user_id=None)


def confirm(
    world: "World", portal: Portal, installation: Installation, *, method: str, token: str, confirmed: bool
) -> None:
    """An administrator allows or denies a confirmable method to an application."""
    installation.confirmed[method] = confirmed
    data = {
        "TOKEN": token,
        "METHOD": method,
        "CONFIRMED": int(confirmed),
        "LANGUAGE_ID": portal.language,
    }
    _announce(world, portal, installation, "ONAPPMETHODCONFIRM", data, user_id=None)


def dismiss(world: "World", portal: Portal, user: User, *, keep: bool) -> None:
    """Dismiss somebody; with `keep`, a hidden technical user takes over what market applications hold."""
    user.active = False
    for installation in portal.installations.values() if keep else ():
        application = installation.application
        if application.kind != "market":
            continue
        number = max(portal.users) + 1
        portal.users[number] = User(
            number, application.title, "", f"rest{number}@system.example", admin=user.admin, system=True
        )
        installation.system_user = number
        world.tokens.hand_over(portal.member_id, application.client_id, user.id, number)
        if installation.installer_id == user.id:
            installation.installer_id = number


def row(portal: Portal, client_id: str) -> dict[str, Any]:
    """What the control API tells of an application on a portal."""
    installation = portal.installations.get(client_id)
    if installation is None:
        none: dict[str, list[str]] = {"robots": [], "activities": [], "placements": [], "events": []}
        return {"client_id": client_id, "installed": False, "active": False, "version": 0, **none}
    return {
        "client_id": client_id,
        "installed": installation.installed,
        "active": installation.active,
        "version": installation.version,
        "application_token": installation.application_token,
        "status": installation.status,
        "expired": installation.expired,
        "access": None if installation.access is None else sorted(installation.access),
        "robots": sorted(installation.robots),
        "activities": sorted(installation.activities),
        "placements": [{"placement": b.code, "handler": b.handler} for b in installation.placements],
        "events": [{"event": b.code, "handler": b.handler} for b in installation.events],
    }


def _row(world: "World", portal: Portal, application: Application) -> Installation:
    number = portal.next_id()
    secret = f"{portal.member_id}|{number}|{application.client_secret}|{world.salt}"
    token = hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest()
    return Installation(number, application, token, installer_id=1)


def _announce(
    world: "World",
    portal: Portal,
    installation: Installation,
    name: str,
    data: dict[str, Any],
    *,
    user_id: int | None,
) -> None:
    if not installation.working:
        return
    for binding in installation.events:
        if binding.code == name:
            call = event_call(
                portal,
                installation,
                binding,
                data,
                ts=int(world.now()),
                user_id=user_id,
                refresh=user_id is not None,
            )
            world.outbox(call)
