"""Raising the stage: servers, sandbox and bridge started, portals made, the bridge installed on each."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.driver.bridge import Bridge, bridge_settings
from sandbox.driver.browser import Browser
from sandbox.driver.control import Control, start_sandbox
from sandbox.driver.processes import Processes
from sandbox.driver.world import Portal, Way, World, add_market_app, partner_card, way_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """Everything that runs, and the portals that stand on it."""

    processes: Processes
    bridge: Bridge
    world: World
    hub: Portal
    partners: list[Portal]


@asynccontextmanager
async def raised(
    folder: Path, *, partners: int, sandbox_port: int, settings: dict[str, str], all_wait: bool, say: Say
) -> AsyncIterator[Stage]:
    """Start everything, install everywhere; on the way out stop all of it, whatever happened.

    With `all_wait` every partner's robot waits for its answer, else every other one does.
    """
    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(Processes(folder))
        bridge = Bridge(processes, folder)
        say("Starting PostgreSQL, Valkey and the sandbox")
        async with asyncio.TaskGroup() as group:
            servers = group.create_task(bridge.start_servers())
            started = group.create_task(start_sandbox(processes, folder / "sandbox", sandbox_port))
            keys = group.create_task(secret_keys(bridge))
            group.create_task(bridge.read_manifest())
        control = await stack.enter_async_context(Control(started.result()))
        browser = await stack.enter_async_context(Browser(control))
        market = await add_market_app(control, bridge)
        say("Starting the bridge: web process and worker")
        await start_bridge(bridge, control, market, {**servers.result(), **keys.result(), **settings})
        say(f"Installing the bridge on the hub and {partners} partner portals")
        world = World(control, bridge, browser, market["client_id"])
        hub, placed = await _portals(world, partners)
        async with asyncio.TaskGroup() as group:
            for position, partner in enumerate(placed):
                wait = all_wait or position % 2 == 0
                group.create_task(world.connect(partner, hub, wait=wait))
        yield Stage(processes, bridge, world, hub, placed)


async def secret_keys(bridge: Bridge) -> dict[str, str]:
    """Keys for this run alone, unless the person names some."""
    return {"BRIDGE_SECRET_KEYS": os.environ.get("BRIDGE_SECRET_KEYS") or await bridge.new_key()}


async def start_bridge(
    bridge: Bridge, control: Control, market: dict[str, Any], settings: dict[str, str]
) -> None:
    """Settle the bridge's environment and start its two processes; returns when it takes calls."""
    bridge.settle(
        {
            **bridge_settings(bridge.folder, bridge.port, control.oauth_host, control.ca_file),
            "BRIDGE_CLIENT_ID": market["client_id"],
            "BRIDGE_CLIENT_SECRET": market["client_secret"],
            **settings,
        }
    )
    await bridge.command("migrate")
    await bridge.start_web()
    await bridge.start_worker()
    await bridge.ready()


async def _portals(world: World, partners: int) -> tuple[Portal, list[Portal]]:
    hub = world.add_portal("hub", "Центральный офис", "ru", Way.MARKET)
    cards = [(*partner_card(position), way_of(position)) for position in range(partners)]
    # Side by side, as installations come in life; asyncio.gather keeps the order of the cards.
    placed = await asyncio.gather(hub, *(world.add_portal(*card) for card in cards))
    return placed[0], placed[1:]
