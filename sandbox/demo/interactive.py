"""The demo for a person: a few deals at a time, a live table, and portals to click in until Ctrl-C."""

import argparse
import asyncio
import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live

from sandbox.demo.count import count
from sandbox.demo.headless import Result, result_of
from sandbox.demo.stage import Stage
from sandbox.demo.table import View, draw
from sandbox.demo.traffic import Traffic

_LOOK_SECONDS = 1.0
_ALL_SENT_SECONDS = 60.0


async def run_interactive(stage: Stage, options: argparse.Namespace, say: Callable[[str], None]) -> Result:
    traffic = Traffic(stage.world.control, stage.hub, stage.partners)
    _introduce(stage, options, say)
    started = time.monotonic()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_send_slowly(traffic, options.deals))
            group.create_task(_show(stage, traffic, options, started))
    except asyncio.CancelledError:
        # Ctrl-C is how a person ends this: what arrived so far is the result.
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
    await traffic.notice()
    return await result_of(traffic, started)


def _introduce(stage: Stage, options: argparse.Namespace, say: Callable[[str], None]) -> None:
    say("")
    say(f"The hub portal:      {stage.hub.url}")
    for partner in stage.partners:
        say(f"A partner portal:    {partner.url}   ({partner.title})")
    say("Open one in a browser. It will warn you about the certificate: that is expected, it was made on")
    say("this machine for this run alone. Accept it, and look at the deals, the robots, the bridge's pages.")
    say(f"The bridge:          {stage.bridge.url}")
    say(f"Logs:                {options.folder / 'log'}")
    say("")


async def _send_slowly(traffic: Traffic, total: int) -> None:
    """One deal of each partner after another, all of them within a minute or at one a second."""
    shares = traffic.share(total)
    pause = min(1.0, _ALL_SENT_SECONDS / total)
    while any(shares.values()):
        for name, deals in shares.items():
            if deals:
                await traffic.send(name, [deals.pop(0)])
                await asyncio.sleep(pause)


async def _show(stage: Stage, traffic: Traffic, options: argparse.Namespace, started: float) -> None:
    console = Console(stderr=options.json)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            stage.processes.check()
            hub_deals = await traffic.notice()
            view = View(
                partners=stage.partners,
                count=count(traffic.origins(), hub_deals),
                hub_deals=hub_deals,
                planned=options.deals,
                seconds=time.monotonic() - started,
            )
            live.update(draw(view), refresh=True)
            await asyncio.sleep(_LOOK_SECONDS)
