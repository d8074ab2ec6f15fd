"""The queue in front of one portal: what waits together leaves together, within the portal's limits."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.bitrix.answers import Moved, TokenRefused
from application.bitrix.batch import MAX_COMMANDS, fits, pack, unpack
from application.bitrix.transport import Transport
from application.errors import AppError, OutcomeUnknown, PortalUnavailable, Throttled, TryLater
from application.limits import Limits, rate_of
from application.model import Portal
from application.store.links import Sending
from application.tokens import Tokens

MAX_IN_FLIGHT = 4
_LONGEST_WAIT = 120.0
_REQUEST_SECONDS = 20.0  # a batch of writes should take no longer; the portal cuts at 60 s
_FIRST_GUESS_SECONDS = 0.7  # of one creating command, by the documentation's samples
_LEARNING = 0.3  # the weight of the newest measurement


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave for a create to go out: its ledger row and the claim of the delivery that wants it."""

    link_id: UUID
    seen_sent_at: datetime | None
    delivery_id: UUID
    claims: int


class NotOurs(Exception):
    """Another worker has taken over this delivery or ledger row: nothing was sent."""


@dataclass(slots=True)
class Command:
    """One REST call waiting for its turn; `sent_at` is set when its ledger row was marked."""

    method: str
    params: dict[str, Any]
    answer: asyncio.Future[Any]
    ticket: Ticket | None = None
    sent_at: datetime | None = None
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Means:
    """What every portal's queue sends with."""

    transport: Transport
    tokens: Tokens
    limits: Limits
    sending: Sending
    worker: UUID


class RequestQueue:
    """Packs the waiting commands of one portal into requests; reads and writes never share one."""

    def __init__(self, portal: Portal, means: Means) -> None:
        self.portal = portal
        self._transport = means.transport
        self._tokens = means.tokens
        self._limits = means.limits
        self._sending = means.sending
        self._worker = means.worker
        self._reads: deque[Command] = deque()
        self._writes: deque[Command] = deque()
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._seconds: dict[str, float] = {}

    async def put(self, command: Command, *, writes: bool) -> Any:
        """Wait for the command's own result or error."""
        (self._writes if writes else self._reads).append(command)
        if self._pump is None or self._pump.done():
            self._pump = self.spawn(self._send_all())
        return await command.answer

    async def reserve(self) -> float:
        """Book one request; returns the seconds to wait before sending it."""
        return await self._limits.reserve(self.portal.member_id, rate_of(self.portal.license_family))

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` under this queue's ownership."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send_all(self) -> None:
        while self._reads or self._writes:
            await self._slots.acquire()
            try:
                wait = await self.reserve()
                if wait > _LONGEST_WAIT:
                    raise Throttled("query_limit", after=wait)  # noqa: TRY301 - handled with every other failure
                await asyncio.sleep(wait)
                writes = self._writes_turn()
                group = self._take(writes=writes)
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, or waits for ever
                self._slots.release()
                fail([command.answer for command in (*self._reads, *self._writes)], error)
                self._reads.clear()
                self._writes.clear()
                return
            task = self.spawn(self._send(group, writes=writes))
            task.add_done_callback(lambda _: self._slots.release())

    def _writes_turn(self) -> bool:
        """Whoever has waited longest goes first, and takes along what can share its request."""
        if not self._reads or not self._writes:
            return bool(self._writes)
        return self._writes[0].since < self._reads[0].since

    def _take(self, *, writes: bool) -> list[Command]:
        queue = self._writes if writes else self._reads
        group: list[Command] = []
        seconds = 0.0
        while queue and len(group) < MAX_COMMANDS:
            command = queue[0]
            alone = not fits(command.params)
            seconds += self._seconds.get(command.method, _FIRST_GUESS_SECONDS) if writes else 0.0
            if group and (alone or seconds > _REQUEST_SECONDS):
                break
            queue.popleft()
            # Whoever has stopped waiting (a cancelled delivery) wants nothing sent any more.
            if not command.answer.done():
                group.append(command)
                if alone:
                    break
        return group

    async def _send(self, group: list[Command], *, writes: bool) -> None:
        everybody = [command.answer for command in group]
        try:
            group = await self._mark_sent(await self._allowed(group))
            outcomes = await self._exchange(group, writes=writes) if group else []
        except AppError as error:
            await self._notice(error)
            fail([command.answer for command in group], error)
        except TokenRefused:
            refused = PortalUnavailable("token_refused", member_id=self.portal.member_id)
            fail([command.answer for command in group], refused)
        except Exception as error:  # noqa: BLE001 - our bug or the database's absence: each caller hears of it
            fail([command.answer for command in group], error)
        else:
            for command, outcome in zip(group, outcomes, strict=True):
                await self._deliver(command, outcome)
        finally:
            # Nobody may be left waiting, whatever went wrong above; a write may have been carried out.
            fail(everybody, OutcomeUnknown("internal_error", error="no answer"))

    async def _deliver(self, command: Command, outcome: Any) -> None:
        if isinstance(outcome, TokenRefused):
            outcome = TryLater("token_refused", member_id=self.portal.member_id)
        if isinstance(outcome, AppError):
            await self._notice(outcome)
            fail([command.answer], outcome)
        elif not command.answer.done():
            command.answer.set_result(outcome)

    async def _allowed(self, group: list[Command]) -> list[Command]:
        """Without the commands whose method has no operating time left on the portal."""
        methods = sorted({command.method for command in group})
        blocked = await self._limits.blocked(self.portal.member_id, methods)
        for command in group:
            if after := blocked.get(command.method):
                fail([command.answer], Throttled("operation_limit", after=after, method=command.method))
        return [command for command in group if command.method not in blocked]

    async def _mark_sent(self, group: list[Command]) -> list[Command]:
        tickets = [command.ticket for command in group if command.ticket]
        if not tickets:
            return group
        marked = await self._sending.mark(
            [(ticket.link_id, ticket.seen_sent_at, ticket.delivery_id, ticket.claims) for ticket in tickets],
            self._worker,
        )
        for command in group:
            if command.ticket:
                command.sent_at = marked.pop(command.ticket.link_id, None)
                if command.sent_at is None:
                    fail([command.answer], NotOurs())
        return [command for command in group if command.ticket is None or command.sent_at]

    async def _exchange(self, group: list[Command], *, writes: bool) -> list[Any]:
        token = await self._tokens.get(self.portal)
        try:
            return await self._request(group, token, writes=writes)
        except (TokenRefused, Moved):
            # A new pair also tells the portal's present host, from the one source we trust for it.
            token = await self._tokens.get(self.portal, refused=token)
        try:
            return await self._request(group, token, writes=writes)
        except Moved:
            raise TryLater("portal_moved", member_id=self.portal.member_id) from None

    async def _request(self, group: list[Command], token: str, *, writes: bool) -> list[Any]:
        commands = [(command.method, command.params) for command in group]
        single = len(commands) == 1
        method, params = commands[0] if single else ("batch", pack(commands))
        started = asyncio.get_running_loop().time()
        answer = await self._transport.call(
            domain=self._tokens.domain(self.portal), token=token, member_id=self.portal.member_id,
            method=method, params=params, writes=writes,
        )  # fmt: skip
        if writes:
            self._learn(group, asyncio.get_running_loop().time() - started)
        if single:
            return [answer.get("result")]
        return unpack(answer, commands, member_id=self.portal.member_id, writes=writes)

    def _learn(self, group: list[Command], seconds: float) -> None:
        each = seconds / len(group)
        for method in {command.method for command in group}:
            known = self._seconds.get(method, each)
            self._seconds[method] = known + _LEARNING * (each - known)

    async def _notice(self, error: AppError) -> None:
        """Tell every replica what the portal has just said about its limits."""
        if not isinstance(error, Throttled) or error.after is None:
            return
        member_id = self.portal.member_id
        if error.code == "query_limit":
            await self._limits.refused(member_id, rate_of(self.portal.license_family), error.after)
        else:
            await self._limits.block(member_id, str(error.params["method"]), error.after)


def fail(answers: list[asyncio.Future[Any]], error: Exception) -> None:
    """Give `error` to everybody who still waits."""
    for answer in answers:
        if not answer.done():
            answer.set_exception(error)
