"""The demo without a person: send everything, wait as long as things move, count in the portals."""

import argparse
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.demo.count import Count
from sandbox.demo.stage import Stage
from sandbox.demo.traffic import Json, Traffic
from sandbox.demo.trouble import Trouble

_PATIENCE_SECONDS = 180.0
_LOST_CALL_SECONDS = 15.0
_LOOK_SECONDS = 0.25
_CHUNK = 50


@dataclass(frozen=True)
class Result:
    """What the portals say at the end."""

    count: Count
    hub_requests: int
    partner_requests: int
    seconds: float

    @property
    def clean(self) -> bool:
        return self.count.lost == 0 and self.count.duplicates == 0

    def as_json(self) -> dict[str, int | float]:
        return {
            "deals": len(self.count.sent),
            "delivered": self.count.delivered,
            "lost": self.count.lost,
            "duplicates": self.count.duplicates,
            "hub_deals": self.count.hub_deals,
            "hub_requests": self.hub_requests,
            "partner_requests": self.partner_requests,
            "seconds": round(self.seconds, 2),
        }


async def run_headless(stage: Stage, options: argparse.Namespace, say: Callable[[str], None]) -> Result:
    traffic = Traffic(stage.world.control, stage.hub, stage.partners)
    trouble = Trouble(stage.bridge, options.deals, options.kill_worker, options.kill_web)
    say(f"Sending {options.deals} deals")
    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(_send(traffic, trouble, options.deals))
        group.create_task(_wait(stage, traffic, trouble, sending, say))
    trouble.check()
    return await result_of(traffic, started)


async def result_of(traffic: Traffic, started: float) -> Result:
    seconds = time.monotonic() - started
    hub_requests, partner_requests = await traffic.requests()
    return Result(await traffic.count(), hub_requests, partner_requests, seconds)


async def _send(traffic: Traffic, trouble: Trouble, total: int) -> None:
    """Move the deals in bunches, as people do on a board; slower when processes are to die under them."""
    shares = traffic.share(total)
    most = max(map(len, shares.values()))
    for start in range(0, most, _CHUNK):
        bunches = {name: deals[start : start + _CHUNK] for name, deals in shares.items()}
        await asyncio.gather(*(_send_bunch(traffic, name, deals) for name, deals in bunches.items()))
        await trouble.as_sent(traffic.sent_total)
        if trouble.planned:
            await _calls_are_few(traffic)


async def _calls_are_few(traffic: Traffic) -> None:
    while True:
        if await traffic.pending_calls() < _CHUNK:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _send_bunch(traffic: Traffic, partner: str, deals: list[Json]) -> None:
    if deals:
        await traffic.send(partner, deals)


async def _wait(
    stage: Stage, traffic: Traffic, trouble: Trouble, sending: asyncio.Task[None], say: Callable[[str], None]
) -> None:
    """Until every deal is there and nothing is at work any more, or nothing has moved for long."""
    last: tuple[int, ...] = ()
    moved_at = time.monotonic()
    while True:
        stage.processes.check()
        arrived = await stage.world.control.deal_count(stage.hub.name)
        await trouble.as_arrived(arrived)
        pending = await traffic.pending_calls()
        waiting = await traffic.waiting_robots() if sending.done() and not pending else -1
        look = (arrived, pending, waiting, traffic.sent_total)
        if sending.done() and arrived >= traffic.sent_total and pending == 0 and waiting == 0:
            return
        if look != last:
            last, moved_at = look, time.monotonic()
        still = time.monotonic() - moved_at
        if still > _PATIENCE_SECONDS:
            say(f"Nothing moved for {still:.0f} s: giving up")
            return
        if still > _LOST_CALL_SECONDS and trouble.killed.get("web") and await _repeat(traffic, say):
            moved_at = time.monotonic()
        await asyncio.sleep(_LOOK_SECONDS)


async def _repeat(traffic: Traffic, say: Callable[[str], None]) -> bool:
    """Move the deals again whose robot call met no living web process; True if there were any.

    Bitrix24's queue server does not repeat a call that failed. Never more deals than calls that failed: a
    deal whose call was answered 200 and which is not in the hub is lost, and must be counted as lost.
    """
    counted = await traffic.count()
    missing = {partner.name: counted.missing(partner.member_id) for partner in traffic.partners}
    number = sum(map(len, missing.values()))
    if not 0 < number <= await traffic.failed_calls():
        return False
    say(f"{number} robot calls met no web process; moving those deals into the stage again")
    await asyncio.gather(*(traffic.send_again(name, ids) for name, ids in missing.items() if ids))
    return True
