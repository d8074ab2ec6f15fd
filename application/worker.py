"""Leases lanes, runs their deliveries, and writes what became of each."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from application.runner import Runner
from application.store.database import UNAVAILABLE, listen
from application.store.lanes import Lanes, Verdict
from application.verdicts import interrupted

log = structlog.get_logger()

IN_FLIGHT = 50
GRACE_SECONDS = 5.0
_TURN_SECONDS = 5.0
_POLL_SECONDS = 1.0
_TOP_UP_FROM = 10
_PAUSE_SECONDS = 0.3


class Worker:
    """One worker process' share of the queue."""

    def __init__(
        self, *, lanes: Lanes, runner: Runner, count: int, lease: timedelta, database_url: str
    ) -> None:
        self._lanes = lanes
        self._runner = runner
        self._count = count
        self._lease = lease.total_seconds()
        self._database_url = database_url
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take nothing new; `run` ends when what is in flight is finished or handed back."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`."""
        background = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                if not await self._claim():
                    await self._rest()
            await self._drain()
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)

    async def _claim(self) -> bool:
        free = self._count - len(self._serving)
        if free <= 0:
            return False
        try:
            claimed = await self._lanes.claim(free, list(self._serving))
        except UNAVAILABLE as error:
            log.warning("database_away", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)
            return False
        for lane in claimed:
            task = asyncio.create_task(self._serve(lane))
            self._serving[lane] = task
            task.add_done_callback(partial(self._served, lane))
        return bool(claimed)

    def _served(self, lane: UUID, _: asyncio.Task[None]) -> None:
        self._serving.pop(lane, None)
        self._wake.set()

    async def _rest(self) -> None:
        try:
            due = await self._lanes.seconds_to_next()
        except UNAVAILABLE:
            due = None
        timeout = _POLL_SECONDS if due is None else min(_POLL_SECONDS, max(0.02, due))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout)

    async def _drain(self) -> None:
        if self._serving:
            await asyncio.wait(list(self._serving.values()), timeout=GRACE_SECONDS)
        for task in list(self._serving.values()):
            task.cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def _serve(self, lane: UUID) -> None:
        """Serve one lane until it is empty, or for one turn if others are waiting for theirs."""
        running: dict[asyncio.Task[Verdict], Any] = {}
        turn_ends = asyncio.get_running_loop().time() + _TURN_SECONDS
        try:
            context = await self._runner.lane(lane)
            while True:
                if not self._stopping.is_set() and await self._may_take(len(running), turn_ends):
                    for delivery in await self._lanes.take(lane, IN_FLIGHT - len(running)):
                        running[asyncio.create_task(self._runner.run(delivery, context))] = delivery
                if not running:
                    break
                done, _ = await asyncio.wait(
                    running, timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                await self._finish([task.result() for task in done])
                for task in done:
                    del running[task]
        except UNAVAILABLE as error:
            log.warning("database_away", lane=str(lane), error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)
        except Exception:  # our bug: one lane's trouble must not spin, nor touch another lane
            log.exception("lane_bug", lane=str(lane))
            await asyncio.sleep(_POLL_SECONDS)
        finally:
            await self._hand_back(lane, running)

    async def _may_take(self, in_flight: int, turn_ends: float) -> bool:
        if in_flight and IN_FLIGHT - in_flight < _TOP_UP_FROM:
            return False
        if asyncio.get_running_loop().time() < turn_ends:
            return True
        return not await self._lanes.any_due(list(self._serving))

    async def _finish(self, verdicts: list[Verdict]) -> None:
        """Write verdicts; while PostgreSQL is away try again, for the lease may well outlast its absence."""
        if not verdicts:
            return
        give_up = asyncio.get_running_loop().time() + self._lease
        while True:
            try:
                ours = await self._lanes.finish(verdicts)
            except UNAVAILABLE:
                if asyncio.get_running_loop().time() > give_up:
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                break
        for verdict in verdicts:
            event = "delivery" if verdict.delivery.id in ours else "delivery_lost_lease"
            log.info(
                event, delivery=str(verdict.delivery.id), deal=verdict.delivery.deal_id,
                state=verdict.state.value, problem=verdict.problem,
            )  # fmt: skip

    async def _hand_back(self, lane: UUID, running: Mapping[asyncio.Task[Verdict], Any]) -> None:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        try:
            async with asyncio.timeout(2.0):
                if running:
                    await self._lanes.finish([interrupted(delivery) for delivery in running.values()])
                await self._lanes.release(lane)
        except UNAVAILABLE as error:
            # The lease runs out by itself; then the lane is somebody's again.
            log.warning("lane_not_released", lane=str(lane), error=type(error).__name__)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            lanes = list(self._serving)
            if not lanes:
                continue
            try:
                held = await self._lanes.extend(lanes)
            except UNAVAILABLE:
                continue
            for lane in set(lanes) - held:
                if task := self._serving.get(lane):
                    log.warning("lane_lost", lane=str(lane))
                    task.cancel()

    async def _listen(self) -> None:
        """Hear of new calls at once; polling is the fallback."""
        while True:
            with suppress(*UNAVAILABLE):
                await listen(self._database_url, "lanes", self._wake.set)
            await asyncio.sleep(_PAUSE_SECONDS)
