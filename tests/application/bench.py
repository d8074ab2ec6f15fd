"""The engine in this process, on real servers and in front of a real sandbox."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from application.crypto import new_key
from application.installation import Contact
from application.main import Engine, engine
from application.model import Portal, ReentryPolicy, RobotCall
from application.payload import payload_of
from application.settings import Settings
from application.store.inbox import NewDelivery
from application.store.routes import Routes
from mappings.model import Mapping
from placements import SCOPES
from sandbox.driver.control import Control
from sandbox.server import Server
from tests.application.tasks import running, until

PORTAL_DEADLINE = 1.5
FINAL = {"delivered", "rejected", "dead", "cancelled"}
_NUMBERS = itertools.count(1)


@asynccontextmanager
async def open_sandbox(folder: Path) -> AsyncIterator[Control]:
    """A sandbox of its own, and its control API."""
    server = Server(folder)
    announced = await server.start(0)
    try:
        async with Control(announced) as control:
            yield control
    finally:
        await server.stop()


def settings_for(control: Control, **more: Any) -> Settings:
    """The settings of a bridge whose portals live in this sandbox."""
    values: dict[str, Any] = {
        "public_url": "http://bridge.b24.localhost:1",
        "secret_keys": (SecretStr(new_key()),),
        "portal_zones": ("*.b24.localhost",),
        "private_hosts": ("*.b24.localhost",),
        "oauth_servers": (control.oauth_host,),
        "ca_file": Path(control.ca_file),
        "portal_deadline": timedelta(seconds=PORTAL_DEADLINE),
    }
    return Settings.model_construct(**{**Settings.model_construct().model_dump(), **values, **more})


@dataclass
class Bench:
    """A sandbox with our market application, and an engine that knows it."""

    control: Control
    engine: Engine
    client_id: str

    def shared(self) -> dict[str, Any]:
        """The settings that another process needs to work on the same database and sandbox."""
        settings = self.engine.settings
        return {name: getattr(settings, name) for name in ("secret_keys", "ca_file", "oauth_servers")}

    async def portal(self, word: str = "portal", **more: Any) -> Portal:
        """A new portal with the application installed and its owner's tokens kept; named by its domain."""
        name = f"{word}{next(_NUMBERS)}"
        await self.control.add_portal(name, name.title(), "en", **{"limits": False, **more})
        await self.control.install(name, self.client_id)
        contact = await self.contact(name)
        installations = self.engine.life_cycle.installations
        visitor = await installations.confirm(contact)
        portal = await installations.install(visitor, finished=True)
        await installations.keep_tokens(visitor, portal, "owner")
        return portal

    async def contact(self, name: str, user_id: int = 1) -> Contact:
        """What the application's page is posted when that user opens it."""
        path = f"portals/{name}/apps/{self.client_id}/open"
        opened = await self.control.call("POST", path, {"placement": "DEFAULT", "user_id": user_id})
        form = opened["fields"]
        return Contact(
            member_id=form["member_id"],
            access_token=form["AUTH_ID"],
            refresh_token=form["REFRESH_ID"],
            application_token=form.get("APPLICATION_TOKEN", ""),
            server_endpoint=form.get("SERVER_ENDPOINT", ""),
            language="en",
        )

    async def route(self, partner: Portal, hub: Portal, policy: ReentryPolicy = ReentryPolicy.UPDATE) -> UUID:
        body = Mapping.default().model_dump(mode="json")
        return await Routes(self.engine.pool).add(partner.id, hub.id, body, policy)

    async def call_robot(self, partner: Portal, deal_id: int) -> UUID:
        """What the robots' door does with a call; returns the delivery's id."""
        call = RobotCall("send_deal", str(deal_id), secrets.token_hex(8), {}, False, "w", 1)
        key = secrets.token_bytes(32)
        payload = self.engine.keys.seal(payload_of(call), "payload")
        assert await self.engine.inbox.put(NewDelivery(partner.id, key, call.code, call.deal_id, payload))
        found: UUID = await self.engine.pool.fetchval("SELECT id FROM deliveries WHERE key = $1", key)
        return found

    async def row(self, delivery_id: UUID) -> dict[str, Any]:
        row = await self.engine.pool.fetchrow("SELECT * FROM deliveries WHERE id = $1", delivery_id)
        assert row is not None
        return dict(row)

    async def journal(self, delivery_id: UUID) -> list[str]:
        """Codes of the delivery's journal, oldest first."""
        rows = await self.engine.pool.fetch(
            "SELECT code FROM steps WHERE delivery_id = $1 ORDER BY at, id", delivery_id
        )
        return [row["code"] for row in rows]

    async def settled(self, delivery_id: UUID) -> dict[str, Any]:
        """Wait until the delivery is final; backoffs pass at once, the portal's deadline does not."""

        async def final() -> dict[str, Any] | None:
            await self.engine.pool.execute(
                "WITH hurried AS (UPDATE deliveries SET run_at = now() WHERE state = 'waiting'"
                " AND problem <> 'outcome_awaited' AND run_at > now() RETURNING lane_id)"
                " UPDATE lanes SET due_at = now() WHERE owner IS NULL AND id IN (SELECT lane_id FROM hurried)"
            )
            row = await self.row(delivery_id)
            return row if row["state"] in FINAL else None

        found = await until(final)
        assert found is not None
        return found

    async def deals(self, portal: Portal) -> list[dict[str, Any]]:
        return await self.control.deals(name_of(portal))

    async def requests(self, portal: Portal) -> dict[str, int]:
        """Calls by method since the portal began; commands of a batch are counted by their own names."""
        found: dict[str, int] = {}
        for method, number in (await self.control.requests(name_of(portal)))["by_method"].items():
            name = method.removeprefix("batch:")
            found[name] = found.get(name, 0) + number
        return found


def name_of(portal: Portal) -> str:
    return portal.domain.partition(".")[0]


@asynccontextmanager
async def open_bench(
    folder: Path, database_url: str, redis_url: str | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        control = await stack.enter_async_context(open_sandbox(folder))
        app = await control.add_app(
            title="Bridge",
            kind="market",
            handler_url="http://bridge.b24.localhost:1/app/deliveries",
            scopes=list(SCOPES),
        )
        known = {"client_id": app["client_id"], "client_secret": SecretStr(app["client_secret"])}
        parts = await stack.enter_async_context(
            engine(settings_for(control, **known, **settings), database_url, redis_url)
        )
        yield Bench(control, parts, app["client_id"])


@asynccontextmanager
async def at_work(parts: Engine) -> AsyncIterator[None]:
    """The door's group commit and a worker, until the block ends."""
    async with running(parts.inbox.run()):
        worker = asyncio.create_task(parts.worker.run())
        try:
            yield
        finally:
            parts.worker.stop()
            await worker
