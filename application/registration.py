"""Brings a portal to what the bridge declares: access, events, placements, robots; safe to repeat."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog

from application.contract import Declaration, Placement, Property, Robot
from application.errors import Rejected
from application.messages import language_of
from application.model import Portal
from application.portal_api import PortalApi, PortalApis
from application.store.credentials import Credential
from application.store.portals import Portals
from application.store.registrations import Registrations

log = structlog.get_logger()

STEPS = ("access", "events", "placements", "robots", "connection")


def robot_parameters(robot: Robot, handler: str, user_id: int) -> dict[str, Any]:
    """What `bizproc.robot.add` is told of a robot (bitrix24-app-protocol 4.2)."""
    return {
        "CODE": robot.code,
        "HANDLER": handler,
        "AUTH_USER_ID": user_id,
        "USE_SUBSCRIPTION": "Y" if robot.waits else "N",
        "NAME": robot.title,
        "DESCRIPTION": robot.description,
        "PROPERTIES": {prop.name: _property(prop) for prop in robot.properties},
        "RETURN_PROPERTIES": {prop.name: _property(prop) for prop in robot.returns},
        "FILTER": {"INCLUDE": [["crm", "CCrmDocumentDeal"]]},
    }


def placement_parameters(placement: Placement, handler: str) -> dict[str, Any]:
    """What `placement.bind` is told (bitrix24-app-protocol 6.1)."""
    return {
        "PLACEMENT": placement.code,
        "HANDLER": handler,
        "TITLE": placement.title["en"],
        "LANG_ALL": {language: {"TITLE": title} for language, title in placement.title.items()},
    }


def _property(prop: Property) -> dict[str, Any]:
    return {"Name": prop.title, "Type": prop.type, "Required": "Y" if prop.required else "N"}


def _fingerprint(parameters: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:32]


class Registrar:
    """Runs the steps of an installation; each tells in words what it found and did."""

    def __init__(
        self, *, declaration: Declaration, apis: PortalApis, portals: Portals, registrations: Registrations,
        owner: Callable[[UUID], Awaitable[Credential | None]],
    ) -> None:  # fmt: skip
        self._declaration = declaration
        self._apis = apis
        self._portals = portals
        self._registrations = registrations
        self._owner = owner

    async def run(self, portal: Portal, step: str) -> list[str]:
        """One step of STEPS; returns details for the page. Raises our errors."""
        api = self._apis.of(portal)
        steps: dict[str, Callable[[Portal, PortalApi], Awaitable[list[str]]]] = {
            "access": self._access,
            "events": self._events,
            "placements": self._placements,
            "robots": self._robots,
            "connection": self._connection,
        }
        return await steps[step](portal, api)

    async def run_all(self, portal: Portal) -> None:
        for step in STEPS:
            await self.run(portal, step)

    async def _access(self, _: Portal, api: PortalApi) -> list[str]:
        granted = {str(scope) for scope in await api.call("scope", {})}
        missing = sorted(set(self._declaration.scopes) - granted)
        if missing:
            raise Rejected("scopes_missing", scopes=", ".join(missing))
        return sorted(self._declaration.scopes)

    async def _events(self, _: Portal, api: PortalApi) -> list[str]:
        handler = self._declaration.event_url
        wanted = {event.code for event in self._declaration.events if event.bind}
        present: set[str] = set()
        for bound in await api.call("event.get", {}):
            code = str(bound.get("event", "")).upper()
            if code in wanted and bound.get("handler") == handler:
                present.add(code)
            elif bound.get("handler"):
                gone = {"event": code, "handler": bound["handler"]}
                await api.call("event.unbind", gone, writes=True)
        for code in sorted(wanted - present):
            await _tolerate(api, "event.bind", {"event": code, "handler": handler}, "already binded")
        return sorted(wanted)

    async def _placements(self, portal: Portal, api: PortalApi) -> list[str]:
        wanted = {
            placement.code: placement_parameters(placement, self._declaration.page_url(placement.page))
            for placement in self._declaration.placements
        }
        present: set[str] = set()
        for bound in await api.call("placement.get", {}):
            code, handler = str(bound["placement"]), str(bound["handler"])
            parameters = wanted.get(code)
            known = portal.registered.get(f"placement:{code}")
            if parameters and handler == parameters["HANDLER"] and known == _fingerprint(parameters):
                present.add(code)
            else:
                await api.call("placement.unbind", {"PLACEMENT": code, "HANDLER": handler}, writes=True)
        for code, parameters in wanted.items():
            if code not in present:
                await _tolerate(api, "placement.bind", parameters, "already binded")
                await self._registrations.save(portal.id, f"placement:{code}", _fingerprint(parameters))
        return sorted(wanted)

    async def _robots(self, portal: Portal, api: PortalApi) -> list[str]:
        owner = await self._owner(portal.id)
        user_id = owner.user_id if owner else 0
        present = {str(code) for code in await api.call("bizproc.robot.list", {})}
        wanted = {robot.code: robot for robot in self._declaration.robots}
        for code in sorted(present - wanted.keys()):
            await api.call("bizproc.robot.delete", {"CODE": code}, writes=True)
        for code, robot in wanted.items():
            parameters = robot_parameters(robot, self._declaration.robot_url, user_id)
            fingerprint = _fingerprint(parameters)
            if code in present and portal.registered.get(f"robot:{code}") == fingerprint:
                continue
            if code in present or not await self._add_robot(api, parameters):
                fields = {key: value for key, value in parameters.items() if key != "CODE"}
                await api.call("bizproc.robot.update", {"CODE": code, "FIELDS": fields}, writes=True)
            await self._registrations.save(portal.id, f"robot:{code}", fingerprint)
        return [wanted[code].title[language_of(portal.language)] for code in sorted(wanted)]

    async def _add_robot(self, api: PortalApi, parameters: dict[str, Any]) -> bool:
        """Whether the robot was added; False if the portal has it already (`add` is no upsert)."""
        try:
            await api.call("bizproc.robot.add", parameters, writes=True)
        except Rejected as error:
            if error.params.get("bitrix_code") == "ERROR_ACTIVITY_ALREADY_INSTALLED":
                return False
            raise
        return True

    async def _connection(self, portal: Portal, api: PortalApi) -> list[str]:
        info = await api.call("app.info", {})
        family = str(info.get("LICENSE_FAMILY") or "") if isinstance(info, dict) else ""
        await self._portals.learn_license(portal.id, family)
        return [portal.domain]


async def _tolerate(api: PortalApi, method: str, parameters: dict[str, Any], expected: str) -> None:
    """Register something that may be there already, which the portal calls ERROR_CORE."""
    try:
        await api.call(method, parameters)
    except Exception as error:
        description = str(getattr(error, "params", {}).get("description", ""))
        if expected not in description.lower():
            raise
