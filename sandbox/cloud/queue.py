"""The queue server: mints tokens for calls of robots and events and posts them, once each."""

import asyncio
import ssl
import time
from collections import deque
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.wire import php
from sandbox.wire.loopback import LoopbackResolver
from sandbox.world.faults import QUEUE_KINDS
from sandbox.world.hits import Call
from sandbox.world.world import World

CONCURRENCY = 32
TIMEOUT = 15.0
_KEPT = 50_000


class QueueServer:
    """At most once, at most `CONCURRENCY` at a time, never repeated; answers are ignored."""

    def __init__(self, world: World, ca_file: Path) -> None:
        self.world = world
        self.calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.by_status: dict[str, int] = {}
        self._ca_file = ca_file
        self._waiting: asyncio.Queue[Call] = asyncio.Queue()
        self._underway = 0
        self._delayed = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._later: set[asyncio.TimerHandle] = set()
        self._session: aiohttp.ClientSession | None = None

    @property
    def pending(self) -> int:
        return self._waiting.qsize() + self._underway + self._delayed

    async def start(self) -> None:
        context = ssl.create_default_context()
        context.load_verify_locations(self._ca_file)
        connector = aiohttp.TCPConnector(limit=CONCURRENCY, ssl=context, resolver=LoopbackResolver())
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            headers={"User-Agent": "Bitrix24 Webhook Engine"},
        )
        self._tasks = [asyncio.create_task(self._work(self._session)) for _ in range(CONCURRENCY)]
        self.world.outbox = self.put

    async def stop(self) -> None:
        for handle in self._later:
            handle.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def reset(self) -> None:
        self.calls.clear()
        self.by_status.clear()
        while not self._waiting.empty():
            self._waiting.get_nowait()

    def put(self, call: Call) -> None:
        """Queue a call, unless a fault loses, doubles or delays it."""
        fault = self.world.faults.take(call.portal.name, [call.name.lower()], QUEUE_KINDS)
        if fault is None:
            self._waiting.put_nowait(call)
        elif fault.kind == "lose_call":
            self._note(call, None, "lost", None)
        elif fault.kind == "double_call":
            self._waiting.put_nowait(call)
            self._waiting.put_nowait(call)
        else:
            self._delayed += 1
            self._later.add(asyncio.get_running_loop().call_later(fault.seconds, self._put_delayed, call))

    def _put_delayed(self, call: Call) -> None:
        self._delayed -= 1
        self._waiting.put_nowait(call)

    async def _work(self, session: aiohttp.ClientSession) -> None:
        while True:
            call = await self._waiting.get()
            self._underway += 1
            try:
                await self._deliver(session, call)
            finally:
                self._underway -= 1

    async def _deliver(self, session: aiohttp.ClientSession, call: Call) -> None:
        began = time.monotonic()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            body = php.build_query(self._form(call)).encode()
            async with session.post(call.url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
                self._note(call, response.status, None, time.monotonic() - began)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._note(call, None, f"{type(error).__name__}: {error}"[:200], time.monotonic() - began)

    def _form(self, call: Call) -> dict[str, Any]:
        """Add the addresses and, for a user who still exists, freshly minted tokens."""
        world, portal = self.world, call.portal
        auth: dict[str, Any] = {}
        alive = call.application and call.application.client_id in portal.installations
        if call.application and call.user_id and alive and portal.user(call.user_id):
            token = world.mint(portal, call.application, call.user_id, call.hops)
            auth = {
                "access_token": token.access,
                "expires": int(token.expires),
                "expires_in": 3600,
                "scope": ",".join(call.application.scopes),
                "status": portal.installations[call.application.client_id].status,
                "user_id": call.user_id,
            }
            if call.refresh:
                auth["refresh_token"] = token.refresh
        auth |= call.form["auth"]
        auth |= {"server_endpoint": world.oauth_rest(portal), "client_endpoint": portal.rest_url}
        return {**{k: v for k, v in call.form.items() if k != "auth"}, "auth": auth}

    def _note(self, call: Call, status: int | None, error: str | None, took: float | None) -> None:
        outcome = str(status or (error and error.partition(":")[0]))
        self.by_status[outcome] = self.by_status.get(outcome, 0) + 1
        self.calls.append(
            {
                "kind": call.kind,
                "name": call.name,
                "portal": call.portal.name,
                "url": call.url,
                "status": status,
                "error": error,
                "took": None if took is None else round(took, 4),
                "at": self.world.now(),
            }
        )
