"""A running sandbox with one portal and one application, and a listener for what it sends."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.server import Server
from sandbox.wire.loopback import LoopbackResolver

Json = dict[str, Any]

DEADLINE = 5.0


class Listener:
    """Keeps the forms that it is posted, by path, and answers `status`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.bodies: list[str] = []
        self.headers: list[Json] = []
        self.status = 200
        self.url = ""

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append((await request.read()).decode())
        self.headers.append(dict(request.headers))
        self.calls.append((request.path, dict(await request.post())))
        return web.Response(status=self.status)

    def at(self, path: str) -> list[Json]:
        return [form for where, form in self.calls if where == path]

    async def wait(self, path: str, count: int = 1) -> list[Json]:
        await until(lambda: len(self.at(path)) >= count)
        return self.at(path)


class Stage:
    """One portal `north`, one market application on it, and short ways to talk to both."""

    def __init__(self, server: Server, session: aiohttp.ClientSession, listener: Listener) -> None:
        self.server = server
        self.session = session
        self.listener = listener
        self.domain = f"north.b24.localhost:{server.world.port}"
        self.client_id = ""
        self.client_secret = ""
        self.token = ""
        self.refresh_token = ""

    async def control(self, method: str, path: str, body: Json | None = None) -> Any:
        url = f"https://control.b24.localhost:{self.server.world.port}/_sandbox/{path}"
        async with self.session.request(method, url, json=body) as response:
            assert response.status < 400, await response.text()
            return await response.json()

    async def post(self, path: str, body: Json | None = None, **kwargs: Any) -> tuple[int, Any]:
        url = path if path.startswith("https://") else f"https://{self.domain}{path}"
        async with self.session.post(url, json=body, **kwargs) as response:
            return response.status, await response.json()

    async def rest(
        self, method: str, params: Json | None = None, token: str | None = None
    ) -> tuple[int, Any]:
        return await self.post(f"/rest/{method}", {**(params or {}), "auth": token or self.token})

    async def result(self, method: str, params: Json | None = None) -> Any:
        status, body = await self.rest(method, params)
        assert status == 200, body
        return body["result"]

    async def error(
        self, method: str, params: Json | None = None, token: str | None = None
    ) -> tuple[int, str, str]:
        status, body = await self.rest(method, params, token)
        return status, body["error"], body["error_description"]

    async def batch(self, cmd: Any, halt: Any = 0) -> Json:
        found: Json = await self.result("batch", {"halt": halt, "cmd": cmd})
        return found

    async def app(self, action: str, **body: Any) -> Json:
        path = f"portals/north/apps/{self.client_id}/{action}"
        row: Json = await self.control("POST", path, body)
        return row

    async def add_app(self, **fields: Any) -> None:
        made = await self.control("POST", "apps", {"title": "Bridge", **fields})
        self.client_id, self.client_secret = made["client_id"], made["client_secret"]

    async def open(self, user_id: int = 1, **more: Any) -> Json:
        """Open the application's page and keep the tokens that it is posted."""
        opened = await self.app("open", user_id=user_id, **more)
        self.token = opened["fields"]["AUTH_ID"]
        self.refresh_token = opened["fields"]["REFRESH_ID"]
        return opened

    async def deals(self, *deals: Json) -> list[int]:
        made = await self.control("POST", "portals/north/deals", {"deals": list(deals)})
        ids: list[int] = made["ids"]
        return ids

    async def fault(self, kind: str, **fields: Any) -> None:
        await self.control("POST", "faults", {"kind": kind, "portal": "north", **fields})


async def until(condition: Callable[[], object]) -> None:
    """Look again and again, for at most `DEADLINE` seconds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    server, listener = Server(folder), Listener()
    announced = await server.start(0)
    runner = web.ServerRunner(web.Server(listener.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://bridge.b24.localhost:{runner.addresses[0][1]}"
    tls = ssl.create_default_context(cafile=str(announced["ca_file"]))
    connector = aiohttp.TCPConnector(ssl=tls, resolver=LoopbackResolver())
    async with aiohttp.ClientSession(connector=connector) as session:
        try:
            yield Stage(server, session, listener)
        finally:
            await server.stop()
            await runner.cleanup()
