"""One running sandbox with one running bridge, as the scenarios of a module share it."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from redis.asyncio import Redis

from application.embedded import Servers
from sandbox.demo.count import Count
from sandbox.demo.stage import secret_keys, start_bridge
from sandbox.demo.traffic import Traffic
from sandbox.driver.bridge import Bridge, fresh_database
from sandbox.driver.browser import Browser
from sandbox.driver.control import Control, start_sandbox
from sandbox.driver.folder import sweep_out
from sandbox.driver.processes import Processes
from sandbox.driver.world import Portal, Way, World, add_market_app

_NUMBERS = itertools.count(1)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 30.0, what: str = "") -> Any:
    """Wait for a condition to give something true; fails with what it last gave."""
    give_up = time.monotonic() + seconds
    while not (last := await condition()):
        assert time.monotonic() < give_up, f"not within {seconds:.0f} s: {what or condition}; last: {last!r}"
        await asyncio.sleep(0.05)
    return last


@dataclass(frozen=True)
class Pair:
    """A hub and a partner with a route between them and the robot on the partner's stage."""

    hub: Portal
    partner: Portal
    traffic: Traffic

    async def send(self, number: int) -> list[int]:
        share = self.traffic.share(number, seed=secrets.token_hex(4))
        return await self.traffic.send(self.partner.name, share[self.partner.name])

    async def arrived(self) -> Count | None:
        """The count once everything sent is in the hub and no robot waits; None before."""
        count = await self.traffic.count()
        if count.lost or await self.traffic.pending_calls() or await self.traffic.waiting_robots():
            return None
        return count


@dataclass
class Arena:
    """Sandbox and bridge; portals are made by each test for itself, so that tests do not meet."""

    processes: Processes
    bridge: Bridge
    control: Control
    browser: Browser
    world: World
    market: dict[str, Any]
    env: dict[str, str] = field(repr=False)

    @property
    def database_url(self) -> str:
        return self.env["BRIDGE_DATABASE_URL"]

    def name(self, word: str) -> str:
        return f"{word}{next(_NUMBERS)}"

    async def portal(self, word: str, way: Way = Way.MARKET, **more: Any) -> Portal:
        return await self.world.add_portal(self.name(word), word.title(), "en", way, **more)

    async def pair(self, way: Way = Way.MARKET, *, wait: bool = True) -> Pair:
        hub, partner = await asyncio.gather(self.portal("hub"), self.portal("partner", way))
        await self.world.connect(partner, hub, wait=wait)
        return Pair(hub, partner, Traffic(self.control, hub, [partner]))

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Rows of the bridge's tables: only to show that something is NOT there, or not held."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def stored_calls(self) -> int:
        rows = await self.fetch("SELECT count(*) AS number FROM deliveries")
        return int(rows[0]["number"])

    async def standing(self) -> str:
        """How deliveries stand and what both processes said last, for a failure that wants explaining."""
        rows = await self.fetch("SELECT state, problem, count(*) FROM deliveries GROUP BY 1, 2")
        calls = await self.control.call("GET", "calls")
        said = {name: self.log_lines(name)[-8:] for name in ("web", "worker")}
        return f"{[tuple(row) for row in rows]}\n{calls.get('by_status')}\n{json.dumps(said, indent=1)}"

    def log_lines(self, name: str = "web") -> list[dict[str, Any]]:
        """What a process has logged so far, line by line; every line is one JSON object."""
        text = self.processes.log_of(name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@asynccontextmanager
async def open_arena(folder: Path, addresses: dict[str, str] | None = None) -> AsyncIterator[Arena]:
    """Run a sandbox and a bridge; without addresses on PostgreSQL and Valkey of their own."""
    sweep_out(folder)
    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(Processes(folder))
        bridge = Bridge(processes, folder)
        env = addresses or await bridge.start_servers()
        announced = await start_sandbox(processes, folder / "sandbox", 0)
        keys = await secret_keys(bridge)
        await bridge.read_manifest()
        control = await stack.enter_async_context(Control(announced))
        browser = await stack.enter_async_context(Browser(control))
        market = await add_market_app(control, bridge)
        settings = {**env, **keys, "BRIDGE_PORTAL_DEADLINE": "5", "BRIDGE_LEASE": "5"}
        await start_bridge(bridge, control, market, settings)
        world = World(control, bridge, browser, market["client_id"])
        yield Arena(processes, bridge, control, browser, world, market, settings)


@asynccontextmanager
async def arena_on(servers: Servers, folder: Path, name: str, redis_number: int) -> AsyncIterator[Arena]:
    """An arena on servers that are shared with others, with an empty database and Redis of its own."""
    redis_url = f"{servers.redis_url}?db={redis_number}"
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
    addresses = {
        "BRIDGE_DATABASE_URL": await fresh_database(servers.database_url, name),
        "BRIDGE_REDIS_URL": redis_url,
    }
    async with open_arena(folder, addresses) as running:
        yield running
