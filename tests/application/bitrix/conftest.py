"""Fixtures of the door's tests: a portal with a token, a transport that may reach it, and a trap."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from application.bitrix.transport import Transport
from placements import SCOPES
from sandbox.driver.control import Control

SANDBOX = ("*.b24.localhost",)


@asynccontextmanager
async def open_transport(
    control: Control, private_hosts: tuple[str, ...] = SANDBOX
) -> AsyncIterator[Transport]:
    opened = Transport(private_hosts=private_hosts, ca_file=Path(control.ca_file))
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def transport(control: Control) -> AsyncIterator[Transport]:
    async with open_transport(control) as opened:
        yield opened


@dataclass
class Portal:
    """A portal of the sandbox with our application on it, and its administrator's tokens."""

    control: Control
    name: str
    domain: str
    member_id: str
    client_id: str
    client_secret: str
    token: str
    refresh_token: str

    async def call(self, transport: Transport, method: str, *, writes: bool = False, **params: Any) -> Any:
        answer = await transport.call(
            domain=self.domain, token=self.token, member_id=self.member_id, method=method, params=params,
            writes=writes,
        )  # fmt: skip
        return answer["result"]

    async def fault(self, kind: str, **more: Any) -> None:
        await self.control.fault(kind, self.name, times=1, **more)


@pytest.fixture
async def portal(control: Control) -> Portal:
    row = await control.add_portal("north", "North", "en", limits=False)
    app = await control.add_app(
        title="Bridge", kind="market", handler_url="http://bridge.b24.localhost:1/app", scopes=list(SCOPES)
    )
    await control.install("north", app["client_id"])
    form = (await control.open("north", app["client_id"]))["fields"]
    return Portal(
        control, "north", row["domain"], row["member_id"], app["client_id"], app["client_secret"],
        form["AUTH_ID"], form["REFRESH_ID"],
    )  # fmt: skip


@dataclass
class Trap:
    """A port of this machine that nobody may connect to."""

    port: int = 0
    visits: int = 0


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    found = Trap()

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.visits += 1
        writer.close()

    server = await asyncio.start_server(visited, host="127.0.0.1")
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()
