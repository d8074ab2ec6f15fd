"""Portals of the sandbox with the bridge installed on them, both ways in which Bitrix24 does it."""

import asyncio
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox.driver.bridge import Bridge
from sandbox.driver.browser import Browser
from sandbox.driver.control import Control
from sandbox.driver.folder import DemoError

STAGE, START = "EXECUTING", "NEW"
ROBOT, WAITING_ROBOT = "send_deal", "send_deal_and_wait"
_REGISTERED_SECONDS = 60.0


class Way(Enum):
    """How the application comes onto a portal."""

    MARKET = "market app with pages"
    LOCAL = "local app with pages"
    API_ONLY = "local app without pages"


@dataclass(frozen=True)
class Portal:
    """A portal of the sandbox; `client_id` is the application it was given."""

    name: str
    title: str
    language: str
    member_id: str
    domain: str
    url: str
    users: list[dict[str, Any]]
    client_id: str
    way: Way


_PARTNERS = (
    ("north", "ООО «Северный путь»", "ru"),
    ("meridian", "Meridian Trading Ltd", "en"),
    ("ural", "АО «Уралмашсервис»", "ru"),
    ("harbour", "Harbour & Sons", "en"),
    ("volga", "ТД «Волга-Опт»", "ru"),
    ("alpine", "Alpine Machinery AG", "en"),
)


def partner_card(position: int) -> tuple[str, str, str]:
    """Name, title and language of the partner number `position` (from 0)."""
    name, title, language = _PARTNERS[position % len(_PARTNERS)]
    turn = position // len(_PARTNERS)
    return (f"{name}{turn + 1}", f"{title} {turn + 1}", language) if turn else (name, title, language)


def way_of(position: int) -> Way:
    """The first partner takes the market app, the second a local one, the third one without pages."""
    return (Way.MARKET, Way.LOCAL, Way.API_ONLY)[position % 3]


async def add_market_app(control: Control, bridge: Bridge) -> dict[str, Any]:
    return await control.add_app(**_card(bridge, "market", api_only=False))


def _card(bridge: Bridge, kind: str, *, api_only: bool, **more: Any) -> dict[str, Any]:
    """The form that a developer fills in for an application, as the bridge's manifest asks for it."""
    return {
        "title": "B24 Integration Bridge",
        "kind": kind,
        "handler_url": f"{bridge.url}/app/deliveries",
        "install_url": None if api_only else f"{bridge.url}/app/install",
        "event_url": f"{bridge.url}/b24/event" if api_only else None,
        "api_only": api_only,
        "scopes": bridge.scopes,
        **more,
    }


@dataclass(frozen=True)
class World:
    """What adding and connecting portals takes."""

    control: Control
    bridge: Bridge
    browser: Browser
    market_client_id: str

    async def add_portal(self, name: str, title: str, language: str, way: Way, **more: Any) -> Portal:
        """Create a portal and install the bridge on it; returns when its robots are registered."""
        row = await self.control.add_portal(name, title, language, **more)
        client_id = await self.application_for(name, way)
        if way is Way.API_ONLY:
            await self.control.install(name, client_id)
        else:
            await self.browser.install(name, client_id)
        await self.registered(name, client_id)
        return Portal(
            name=name,
            title=title,
            language=language,
            member_id=row["member_id"],
            domain=row["domain"],
            url=row["url"],
            users=row["users"],
            client_id=client_id,
            way=way,
        )

    async def application_for(self, portal: str, way: Way) -> str:
        """The market application's client id, or that of a new local one which the bridge is told of."""
        if way is Way.MARKET:
            return self.market_client_id
        card = _card(self.bridge, "local", api_only=way is Way.API_ONLY, portal=portal)
        app = await self.control.add_app(**card)
        await self.bridge.add_app(app["client_id"], app["client_secret"], f"Local app of {portal}")
        return str(app["client_id"])

    async def registered(self, portal: str, client_id: str) -> dict[str, Any]:
        """Wait until the portal shows our robots; returns its row of the application."""
        give_up = time.monotonic() + _REGISTERED_SECONDS
        while True:
            row = await self.control.app_row(portal, client_id)
            if row["installed"] and {ROBOT, WAITING_ROBOT} <= set(row["robots"]):
                return row
            self.bridge.processes.check()
            if time.monotonic() > give_up:
                raise DemoError(f"{portal}: the robots were not registered; the application there: {row}")
            await asyncio.sleep(0.05)

    async def connect(self, partner: Portal, hub: Portal, *, wait: bool) -> None:
        """Pair two portals and put the robot on the partner's stage."""
        await self.bridge.add_route(partner.domain, hub.domain)
        code = WAITING_ROBOT if wait else ROBOT
        await self.control.put_robot(partner.name, partner.client_id, code, STAGE)
