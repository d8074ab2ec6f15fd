"""One TLS listener for all hosts: portals, the authorization server, the control API."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.cloud import authorize, oauth
from sandbox.cloud.queue import QueueServer
from sandbox.control import api, page, pages, routes
from sandbox.control.frames import Frames
from sandbox.rest import door, downloads
from sandbox.rest.dispatch import Dispatcher
from sandbox.wire import certificates
from sandbox.world.portal import Portal
from sandbox.world.world import ZONE, World

Prepare = Callable[[World], dict[str, object]]

MAX_BODY = 64 * 1024 * 1024


class Server:
    """The running sandbox; `start` answers what a driver must know, `stop` ends it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = World()
        self.ca_file, self._tls = certificates.make(folder)
        self.queue = QueueServer(self.world, self.ca_file)
        self.dispatcher = Dispatcher(self.world)
        self.scene = routes.Scene(self.world, Frames(self.world), self.queue, self.dispatcher)
        self._runner: web.ServerRunner | None = None

    async def start(self, port: int) -> dict[str, object]:
        server = web.Server(self._handle, request_factory=self._request)
        self._runner = web.ServerRunner(server, shutdown_timeout=2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=self._tls, backlog=1024)
        await site.start()
        self.world.port = int(self._runner.addresses[0][1])
        await self.queue.start()
        return {
            "port": self.world.port,
            "control": f"https://control.{ZONE}:{self.world.port}",
            "oauth": f"https://{self.world.oauth_domain}",
            "oauth_ru": f"https://{self.world.oauth_host('ru')}",
            "ca_file": str(self.ca_file),
        }

    async def stop(self) -> None:
        await self.queue.stop()
        if self._runner is None:
            return
        # A TLS connection that is closed politely outlives the event loop while it waits for its peer.
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport is not None:
                connection.transport.abort()
        await self._runner.cleanup()

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        host, path = request.host.lower(), request.path
        if path.startswith("/_sandbox/"):
            return await routes.answer(request, self.scene, api.TABLE, None)
        if region := self.world.region_of(host):
            return await oauth.answer(request, self.world, region)
        portal = self.world.by_domain(host)
        if portal is None:
            return web.Response(status=404, text="No such host")
        if host != portal.domain:
            return web.Response(status=302, headers={"Location": f"{portal.url}{request.raw_path}"})
        return await self._portal(request, portal, path)

    async def _portal(self, request: web.BaseRequest, portal: Portal, path: str) -> web.StreamResponse:
        if path.startswith("/rest/"):
            return await door.answer(request, portal, self.dispatcher)
        if path.rstrip("/") == "/oauth/authorize":
            return authorize.answer(request, portal, self.world)
        if path.startswith("/_shell/"):
            return await routes.answer(request, self.scene, page.TABLE, portal)
        if path.startswith(downloads.PAGES):
            return downloads.page(request, self.world, portal)
        return await pages.answer(request)


async def serve(port: int, folder: Path, prepare: Prepare | None = None) -> None:
    """Run until SIGTERM or SIGINT; says on standard output, in one line of JSON, where it listens.

    `prepare` fills the new world and answers what else to say.
    """
    server = Server(folder)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    announced = await server.start(port)
    if prepare:
        announced |= prepare(server.world)
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(announced), flush=True)
    try:
        await ended.wait()
    finally:
        await server.stop()
