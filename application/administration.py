"""What the command line does for operators: apps, routes, servers."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from application.addresses import addresses
from application.crypto import KeyRing
from application.embedded import servers
from application.model import Portal, ReentryPolicy
from application.settings import Settings
from application.store.database import Pool, connect, migrate
from application.store.portals import Applications, Portals
from application.store.routes import Routes
from mappings.model import Mapping


class Mistake(Exception):
    """What was asked for cannot be done; the text says why and what would help."""


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Pool]:
    async with addresses(settings, join=True) as found:
        if settings.database_url is None:
            await migrate(found.database_url)
        pool = await connect(found.database_url, size=2)
        try:
            yield pool
        finally:
            await pool.close()


def _keys(settings: Settings) -> KeyRing:
    return KeyRing([key.get_secret_value() for key in settings.secret_keys])


async def keep_servers(settings: Settings, *, as_json: bool) -> None:
    """Run the embedded servers until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with servers(settings.data) as own:
        line = {"database_url": own.database_url, "redis_url": own.redis_url, "data": str(own.folder)}
        if as_json:
            print(json.dumps(line), flush=True)  # noqa: T201 - the command's result
        else:
            print(*own.notes, f"Running; data lie in {own.folder}. Ctrl-C stops.", sep="\n", flush=True)  # noqa: T201 - the command's result
        await stop.wait()


async def add_app(settings: Settings, client_id: str, client_secret: str, title: str) -> None:
    async with _database(settings) as pool:
        await Applications(pool, _keys(settings)).save(client_id, client_secret, "local", title)


async def _portal(portals: Portals, name: str) -> Portal:
    portal = await portals.find(name)
    if portal is None:
        raise Mistake(f"No portal {name} has installed the application; install it there first.")
    return portal


async def add_route(settings: Settings, partner: str, hub: str, policy: str) -> str:
    """Returns the route's id. Raises Mistake."""
    if policy not in set(ReentryPolicy):
        raise Mistake(f"--policy: {policy} is not one of {', '.join(ReentryPolicy)}.")
    async with _database(settings) as pool:
        portals = Portals(pool)
        one, other = await _portal(portals, partner), await _portal(portals, hub)
        if one.id == other.id:
            raise Mistake("Partner and hub must be two portals.")
        body = Mapping.default().model_dump(mode="json")
        return str(await Routes(pool).add(one.id, other.id, body, ReentryPolicy(policy)))


async def list_routes(settings: Settings) -> list[dict[str, Any]]:
    async with _database(settings) as pool:
        return [asdict(line) for line in await Routes(pool).lines()]


async def show_mapping(settings: Settings, route: UUID) -> str:
    """The mapping a route follows, as JSON. Raises Mistake."""
    async with _database(settings) as pool:
        found = await Routes(pool).get(route)
        if found is None:
            raise _no_route(route)
        body = await Routes(pool).mapping(found.mapping_id, found.mapping_version)
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


async def publish_mapping(settings: Settings, route: UUID, text: str) -> int:
    """Make a route follow the mapping in `text` (JSON) from now on; returns its version. Raises Mistake."""
    try:
        mapping = Mapping.parse(json.loads(text))
    except ValueError as error:
        raise Mistake(f"The mapping cannot be used: {error}") from None
    async with _database(settings) as pool:
        version = await Routes(pool).publish(route, mapping.model_dump(mode="json"), "command line")
        if version is None:
            raise _no_route(route)
    return version


def _no_route(route: UUID) -> Mistake:
    return Mistake(f"There is no route {route}; `b24-bridge routes list` shows them.")


async def set_route(settings: Settings, route: UUID, state: str) -> None:
    async with _database(settings) as pool:
        if not await Routes(pool).set_state(route, state):
            raise _no_route(route)
