"""The sandbox from outside: started as a process of its own, then spoken to through its control API."""

import json
import ssl
import sys
from pathlib import Path
from typing import Any, Self

import aiohttp

from sandbox.driver.folder import CHECKOUT, DemoError
from sandbox.driver.processes import Command, Processes, plain_environment
from sandbox.wire.loopback import LoopbackResolver

Json = dict[str, Any]


def loopback_session(ca_file: str | Path | None = None) -> aiohttp.ClientSession:
    """An HTTP session that finds `*.localhost` and trusts the sandbox's own certificate."""
    tls = ssl.create_default_context(cafile=str(ca_file)) if ca_file else False
    connector = aiohttp.TCPConnector(resolver=LoopbackResolver(), ssl=tls, limit=32)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))


async def start_sandbox(processes: Processes, folder: Path, port: int) -> Json:
    """Start the sandbox and return what it announces: port, control, oauth, ca_file."""
    argv = [sys.executable, "-m", "sandbox", "serve", "--port", str(port), "--folder", str(folder)]
    command = Command("sandbox", argv, {**plain_environment(), "PYTHONPATH": str(CHECKOUT)})
    return await processes.start(command, announces=30)


class Control:
    """One method per call of the control API that the demo and the scenarios need."""

    def __init__(self, announced: Json) -> None:
        self.oauth_host: str = announced["oauth"].partition("://")[2]
        self.ca_file: str = announced["ca_file"]
        self.session = loopback_session(self.ca_file)
        self._root: str = announced["control"].rstrip("/") + "/_sandbox"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def call(self, method: str, path: str, body: Json | None = None) -> Any:
        try:
            async with self.session.request(method, f"{self._root}/{path}", json=body) as answer:
                text = await answer.text()
                if answer.status >= 400:
                    raise DemoError(f"The sandbox refused {method} {path}: {answer.status} {text[:300]}")
                return json.loads(text)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DemoError(f"The sandbox does not answer {method} {path}: {error!r}") from None

    async def add_portal(self, name: str, title: str, language: str, **more: Any) -> Json:
        body = {"name": name, "title": title, "language": language, "license_family": "std", **more}
        portal: Json = await self.call("POST", "portals", body)
        return portal

    async def add_app(self, **fields: Any) -> Json:
        app: Json = await self.call("POST", "apps", fields)
        return app

    async def install(self, portal: str, client_id: str) -> None:
        await self.call("POST", f"portals/{portal}/apps/{client_id}/install", {"user_id": 1})

    async def uninstall(self, portal: str, client_id: str, *, clean: bool) -> None:
        await self.call("POST", f"portals/{portal}/apps/{client_id}/uninstall", {"clean": clean})

    async def update(self, portal: str, client_id: str) -> None:
        await self.call("POST", f"portals/{portal}/apps/{client_id}/update", {})

    async def finish(self, portal: str, client_id: str) -> None:
        await self.call("POST", f"portals/{portal}/apps/{client_id}/finish", {"user_id": 1})

    async def app_row(self, portal: str, client_id: str) -> Json:
        row: Json = await self.call("GET", f"portals/{portal}/apps/{client_id}")
        return row

    async def open(
        self, portal: str, client_id: str, placement: str = "DEFAULT", *, user_id: int = 1, **options: Any
    ) -> Json:
        body = {"placement": placement, "user_id": user_id, "options": options}
        opened: Json = await self.call("POST", f"portals/{portal}/apps/{client_id}/open", body)
        return opened

    async def add_deals(self, portal: str, deals: list[Json]) -> list[int]:
        answer = await self.call("POST", f"portals/{portal}/deals", {"deals": deals})
        return [int(number) for number in answer["ids"]]

    async def move(self, portal: str, ids: list[int], stage: str) -> None:
        await self.call("POST", f"portals/{portal}/deals/move", {"ids": ids, "stage": stage})

    async def deals(self, portal: str) -> list[Json]:
        answer = await self.call("GET", f"portals/{portal}/deals")
        return list(answer["deals"] if isinstance(answer, dict) else answer)

    async def deal_count(self, portal: str) -> int:
        answer = await self.call("GET", f"portals/{portal}/deals/count")
        return int(answer["count"] if isinstance(answer, dict) else answer)

    async def put_robot(self, portal: str, client_id: str, code: str, stage: str, **more: Any) -> None:
        body = {"category": 0, "stage": stage, "client_id": client_id, "code": code, "properties": {}}
        await self.call("POST", f"portals/{portal}/automation", {**body, "run_as": 1, "timeout": 0, **more})

    async def workflows(self, portal: str) -> list[Json]:
        answer = await self.call("GET", f"portals/{portal}/workflows")
        return list(answer["workflows"] if isinstance(answer, dict) else answer)

    async def requests(self, portal: str) -> Json:
        answer: Json = await self.call("GET", f"portals/{portal}/requests")
        return answer

    async def calls(self) -> Json:
        answer: Json = await self.call("GET", "calls")
        return answer

    async def fault(self, kind: str, portal: str | None = None, **more: Any) -> None:
        await self.call("POST", "faults", {"kind": kind, "portal": portal, **more})

    async def clear_faults(self) -> None:
        await self.call("DELETE", "faults")
