"""The bridge as its operator runs it: by its command line, its environment and its public address alone."""

import asyncio
import json
import shutil
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg
from redis.asyncio import Redis

from sandbox.driver.control import loopback_session
from sandbox.driver.folder import DemoError, private_file
from sandbox.driver.processes import Command, Processes, plain_environment

_COMMAND_SECONDS = 60.0
_READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def executable() -> str:
    """The `b24-bridge` of this very environment, else the one on the path."""
    beside = Path(sys.executable).with_name("b24-bridge")
    found = str(beside) if beside.exists() else shutil.which("b24-bridge")
    if not found:
        raise DemoError("The command b24-bridge is not installed; `make demo` installs it.")
    return found


def bridge_settings(folder: Path, port: int, oauth_host: str, ca_file: str) -> dict[str, str]:
    """What an operator would write into `.env` for portals that live in the sandbox."""
    return {
        "BRIDGE_HOST": "127.0.0.1",
        "BRIDGE_PORT": str(port),
        "BRIDGE_PUBLIC_URL": f"http://bridge.b24.localhost:{port}",
        "BRIDGE_PORTAL_ZONES": "*.b24.localhost",
        "BRIDGE_PRIVATE_HOSTS": "*.b24.localhost",
        "BRIDGE_OAUTH_SERVERS": oauth_host,
        "BRIDGE_CA_FILE": ca_file,
        "BRIDGE_DATA": str(folder / "servers"),
        "BRIDGE_LOG_FORMAT": "json",
    }


@dataclass
class Bridge:
    """One installation of the bridge: `web` and `worker` processes that share an environment."""

    processes: Processes
    folder: Path
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict, repr=False)
    scopes: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://bridge.b24.localhost:{self.port}"

    def settle(self, settings: Mapping[str, str]) -> None:
        """Fix the environment of every process and command that is started from now on."""
        self.env = {**plain_environment(), **settings}

    async def start_servers(self) -> dict[str, str]:
        """Start the embedded PostgreSQL and Valkey, empty of earlier runs; returns their settings."""
        argv = [executable(), "servers", "--json"]
        env = {**plain_environment(), "BRIDGE_DATA": str(self.folder / "servers")}
        announced = await self.processes.start(Command("servers", argv, env), announces=90)
        settings = {"BRIDGE_DATABASE_URL": await fresh_database(announced["database_url"], "demo")}
        redis_url = announced.get("redis_url")
        if redis_url:
            async with Redis.from_url(redis_url) as redis:
                await redis.flushall()
            settings["BRIDGE_REDIS_URL"] = redis_url
        return settings

    async def command(self, *arguments: str) -> str:
        """Run one `b24-bridge` command to its end and return its standard output."""
        process = await asyncio.create_subprocess_exec(
            *(executable(), *arguments),
            env=self.env or plain_environment(),
            cwd=self.folder,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), _COMMAND_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise DemoError(f"b24-bridge {' '.join(arguments[:2])} did not end") from None
        if process.returncode != 0:
            said = err.decode(errors="replace").strip()[-600:]
            raise DemoError(f"b24-bridge {' '.join(arguments[:2])} failed: {said}")
        return out.decode()

    async def new_key(self) -> str:
        return (await self.command("keys", "new")).strip().splitlines()[-1].strip()

    async def read_manifest(self) -> None:
        """Learn which rights the application's card in Bitrix24 has to name."""
        self.scopes = json.loads(await self.command("manifest"))["scopes"]

    async def start_web(self) -> None:
        await self.processes.start(Command("web", [executable(), "serve"], self.env))

    async def start_worker(self, name: str = "worker") -> None:
        await self.processes.start(Command(name, [executable(), "work"], self.env))

    async def ready(self, seconds: float = _READY_SECONDS) -> None:
        """Wait until the web process says that it can take calls."""
        give_up = time.monotonic() + seconds
        async with loopback_session() as session:
            while not await _answers(session, f"{self.url}/health/ready"):
                self.processes.check()
                if time.monotonic() > give_up:
                    raise DemoError(
                        f"The bridge is not ready after {seconds:.0f} s; see {self.processes.log_of('web')}"
                    )
                await asyncio.sleep(0.05)

    async def add_app(self, client_id: str, client_secret: str, title: str) -> None:
        path = private_file(self.folder / "secrets" / client_id, client_secret)
        await self.command(
            *("apps", "add", "--client-id", client_id),
            *("--client-secret-file", str(path), "--title", title),
        )

    async def add_route(self, partner: str, hub: str) -> None:
        await self.command("routes", "add", partner, hub)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def fresh_database(url: str, name: str) -> str:
    """Create the database `name` anew on the server behind `url`; returns its address."""
    try:
        connection: Any = await asyncpg.connect(url, timeout=20)
    except (OSError, asyncpg.PostgresError) as error:
        raise DemoError(f"PostgreSQL does not answer: {error}") from None
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
