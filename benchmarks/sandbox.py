"""What the sandbox can carry on one core, what a request costs it, and how much more that is than is asked.

Run `python -m benchmarks.sandbox`. The claim: five times what the demo asks of it, even if every request
of the demo were as dear as the dearest kind, a batch of fifty new deals (sandbox/README.md, Speed).
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from sandbox.driver.control import Control, loopback_session, start_sandbox
from sandbox.driver.processes import Processes

Json = dict[str, Any]

AT_A_TIME = 16
DEMO_DEALS = 300
ENOUGH = 5.0
_FIELDS = "fields[TITLE]=A+deal+of+the+benchmark&fields[OPPORTUNITY]=1000&fields[ORIGIN_ID]="


def _kinds() -> dict[str, tuple[int, str, Iterator[Json]]]:
    """What is asked: how often, which method, with which parameters each time."""
    ids = [{"entityTypeId": 2, "id": 1 + number % 50} for number in range(2000)]
    pages = [{"entityTypeId": 2, "filter": {"@id": list(range(1, 51))}, "start": -1} for _ in range(600)]
    adds = [{"cmd": {f"d{n}": f"crm.deal.add?{_FIELDS}{at}-{n}" for n in range(50)}} for at in range(60)]
    return {
        "one deal read": (len(ids), "crm.item.get", iter(ids)),
        "a page of fifty": (len(pages), "crm.item.list", iter(pages)),
        "a batch of fifty new deals": (len(adds), "batch", iter(adds)),
    }


async def _load(session: aiohttp.ClientSession, url: str, bodies: Iterator[Json]) -> None:
    async def caller() -> None:
        for body in bodies:
            async with session.post(url, json=body) as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()

    await asyncio.gather(*(caller() for _ in range(AT_A_TIME)))


async def _alone(folder: Path) -> float:
    """Print each kind; return how many of the dearest one core can carry in a second."""
    (folder / "log").mkdir()
    async with Processes(folder) as processes:
        announced = await start_sandbox(processes, folder / "sandbox", 0)
        process = psutil.Process(processes.pid("sandbox"))
        async with Control(announced) as control, loopback_session(announced["ca_file"]) as session:
            await control.add_portal("load", "Load", "en", limits=False)
            await control.add_deals("load", [{"title": f"Deal {n}"} for n in range(50)])
            hook = await control.call("POST", "portals/load/webhooks", {"scopes": ["crm"]})
            worth = 0.0
            print(f"{'':28}{'requests/s':>12}{'CPU, ms each':>14}{'one core, /s':>14}")
            for name, (count, method, bodies) in _kinds().items():
                before, started = _cpu(process), time.monotonic()
                await _load(session, hook["url"] + method, bodies)
                seconds, each = time.monotonic() - started, (_cpu(process) - before) / count
                worth = 1 / each
                print(f"{name:28}{count / seconds:12.0f}{each * 1000:14.2f}{worth:14.0f}")
            return worth


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _asked(folder: Path) -> float:
    """REST requests a second that the demo makes while its deals are on their way."""
    command = [sys.executable, "-m", "sandbox", "demo", "--headless", "--json", "--deals", str(DEMO_DEALS)]
    running = await asyncio.create_subprocess_exec(
        *command, "--folder", str(folder / "demo"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await running.communicate()
    result = json.loads(out)
    assert result["delivered"] == DEMO_DEALS, result
    return float(result["hub_requests"] + result["partner_requests"]) / float(result["seconds"])


async def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        worth = await _alone(Path(made))
        asked = await _asked(Path(made))
    print(f"\nthe demo asks for {asked:.0f} requests/s; one core carries {worth:.0f} of the dearest kind")
    print(f"ratio: {worth / asked:.1f} (enough: {ENOUGH:.0f})")


if __name__ == "__main__":
    asyncio.run(main())
