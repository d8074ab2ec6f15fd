"""What `serve` prepares for somebody's own application: portals, its card, its installation, deals."""

import argparse
import sys
from pathlib import Path
from typing import Any

from sandbox.crm import changes
from sandbox.crm.fields import DEAL
from sandbox.world import lifecycle
from sandbox.world.model import Application
from sandbox.world.portal import Portal
from sandbox.world.world import World, new_keys

Json = dict[str, Any]

SCOPES = "crm,bizproc,placement,user,user_basic"
DESCRIPTION = """run portals, authorization and queue server until stopped

Two portals for your application, in one line:

  python -m sandbox serve --portals hub,north --app-url http://app.b24.localhost:8080/

Names ending in .localhost lead to this machine, so your application need not be reachable from anywhere
else; Bitrix24 wants a dot in the names of handlers, and so does the sandbox. Standard output has one line
of JSON (addresses, keys, the certificate authority to trust), standard error the same for people."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/sandbox"), help="where the certificates are written"
    )
    own = parser.add_argument_group("your application")
    own.add_argument(
        "--portals", default="", metavar="A,B", help="names of portals to make; A:ru for Russian"
    )
    own.add_argument("--app-url", metavar="URL", help="the page of your application")
    own.add_argument(
        "--install-url", metavar="URL", help="its installer; without one it is installed at once"
    )
    own.add_argument(
        "--event-url", metavar="URL", help="where an application without pages hears ONAPPINSTALL"
    )
    own.add_argument("--title", default="My application")
    own.add_argument("--local", action="store_true", help="a local application of the first portal")
    own.add_argument("--scopes", default=SCOPES, help=f"comma list (default {SCOPES})")
    own.add_argument("--deals", type=int, default=3, metavar="N", help="deals in each portal (default 3)")


def prepare(world: World, given: argparse.Namespace) -> Json:
    """Make what the arguments ask for, say it for people on standard error, answer it for programs."""
    portals = [_portal(world, name.strip(), given.deals) for name in given.portals.split(",") if name.strip()]
    rows: Json = {
        "portals": [{"name": p.name, "url": f"{p.url}/", "member_id": p.member_id} for p in portals]
    }
    for portal in portals:
        _say(f"portal     {portal.url}/")
    if not (given.app_url or given.event_url):
        return rows
    card = _card(world, given, portals)
    for portal in portals[:1] if given.local else portals:
        lifecycle.install(world, portal, card, 1)
        _say(f"your page  {portal.url}/marketplace/app/{card.client_id}/")
    _say(f"client_id  {card.client_id}\nsecret     {card.client_secret}")
    return rows | {"client_id": card.client_id, "client_secret": card.client_secret}


def _portal(world: World, name: str, deals: int) -> Portal:
    name, _, language = name.partition(":")
    portal = world.add_portal(
        name, title=name.capitalize(), language=language or "en", family="std", limits=True
    )
    hit = world.hit(portal, 1)
    for number in range(1, deals + 1):
        changes.create(hit, DEAL, {"title": f"Deal {number}", "opportunity": number * 1000})
    hit.close()
    return portal


def _card(world: World, given: argparse.Namespace, portals: list[Portal]) -> Application:
    kind = "local" if given.local else "market"
    client_id, secret = new_keys(kind)
    return world.add_application(
        Application(
            client_id=client_id,
            client_secret=secret,
            title=given.title,
            kind=kind,
            handler_url=given.app_url or "",
            install_url=given.install_url,
            event_url=given.event_url,
            api_only=not given.app_url,
            scopes=tuple(given.scopes.split(",")),
            portal=portals[0].name if given.local and portals else None,
        )
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
