"""Runs one delivery: opens its payload, builds its context, calls its robot, and judges how it ended."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from application.answering import answer_robot
from application.contract import Context, Journal, Robot
from application.crypto import KeyRing
from application.directory import Directory
from application.errors import AppError, PortalUnavailable, Rejected, TryLater
from application.messages import language_of, sentence
from application.model import Delivery, DeliveryState, Portal, PortalState, RobotCall, Route
from application.payload import call_of
from application.portal_api import PortalApis
from application.request_queue import NotOurs
from application.store.database import UNAVAILABLE, Pool
from application.store.lanes import Verdict
from application.store.links import Links
from application.store.portals import Portals
from application.store.routes import Routes
from application.verdicts import MAX_FAILURES, PARK_SECONDS, delivered, interrupted, of_error
from mappings.model import Mapping
from mappings.problems import MappingInvalid

log = structlog.get_logger()

RUN_SECONDS = 300.0
_ANSWER_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Lane:
    """What all deliveries of a lane share; a mapping that cannot be read is the error that says so."""

    route: Route
    partner: Portal
    hub: Portal
    mapping: Mapping | TryLater


class Runner:
    """Everything between a taken delivery and its verdict."""

    def __init__(
        self, *, pool: Pool, keys: KeyRing, apis: PortalApis, directory: Directory,
        robots: tuple[Robot, ...], portal_deadline: timedelta,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._keys = keys
        self._apis = apis
        self._directory = directory
        self._robots = {robot.code: robot for robot in robots}
        self._portal_deadline = portal_deadline.total_seconds()
        self._portals = Portals(pool)
        self._routes = Routes(pool)
        self._mappings: dict[tuple[UUID, int], Mapping] = {}

    async def lane(self, lane_id: UUID) -> Lane | None:
        """The route of a lane with its portals and mapping as they are now."""
        route = await self._routes.get(lane_id)
        if route is None:
            return None
        partner = await self._portals.get(route.partner_id)
        hub = await self._portals.get(route.hub_id)
        if partner is None or hub is None:
            return None
        try:
            mapping: Mapping | TryLater = await self._mapping(route)
        except MappingInvalid as error:
            mapping = TryLater("mapping_invalid", problems=str(error))
        return Lane(route, partner, hub, mapping)

    async def _mapping(self, route: Route) -> Mapping:
        key = (route.mapping_id, route.mapping_version)
        if key not in self._mappings:
            self._mappings[key] = Mapping.parse(await self._routes.mapping(*key))
        return self._mappings[key]

    async def run(self, delivery: Delivery, lane: Lane | None) -> Verdict:
        """One run. Raises nothing but cancellation and the database's absence."""
        journal = Journal()
        try:
            if delivery.failures >= MAX_FAILURES:
                # Every run ended with its worker, so none has come to the verdict that ends it.
                raise TryLater("lost_worker")  # noqa: TRY301 - judged with the others
            call = call_of(self._keys.open(delivery.payload, "payload"))
            context = self._context(delivery, lane, journal)
            robot = self._robots.get(delivery.robot)
            if robot is None:
                raise Rejected("unknown_robot", robot=delivery.robot)  # noqa: TRY301 - judged with the others
            async with asyncio.timeout(RUN_SECONDS):
                outcome = await robot.run(call, context)
        except NotOurs:
            return interrupted(delivery)
        except UNAVAILABLE as error:
            return await self._judge(delivery, journal, lane, _database_or_time(error))
        except Exception as error:  # noqa: BLE001 - the one place where any error becomes a verdict
            return await self._judge(delivery, journal, lane, error)
        await self._recovered(context)
        return delivered(delivery, journal, outcome)

    def _context(self, delivery: Delivery, lane: Lane | None, journal: Journal) -> Context:
        if lane is None:
            raise TryLater("no_route")
        if isinstance(lane.mapping, TryLater):
            raise lane.mapping
        if lane.partner.state is PortalState.UNINSTALLED:
            raise Rejected("partner_uninstalled", domain=lane.partner.domain)
        if lane.hub.state is PortalState.UNINSTALLED:
            raise TryLater("hub_uninstalled", domain=lane.hub.domain)
        return Context(
            delivery=delivery,
            partner=lane.partner,
            hub=lane.hub,
            route=lane.route,
            mapping=lane.mapping,
            source=self._apis.of(lane.partner),
            target=self._apis.of(lane.hub),
            links=Links(self._pool, lane.partner.id, lane.hub.id),
            directory=self._directory,
            journal=journal,
            portal_deadline=self._portal_deadline,
        )

    async def _recovered(self, context: Context) -> None:
        for portal in (context.partner, context.hub):
            if portal.state is PortalState.PARKED:
                await self._portals.activate(portal.id)
                log.info("portal_unparked", member_id=portal.member_id)

    async def _judge(
        self, delivery: Delivery, journal: Journal, lane: Lane | None, error: Exception
    ) -> Verdict:
        if isinstance(error, PortalUnavailable):
            until = datetime.now(UTC) + timedelta(seconds=PARK_SECONDS)
            await self._portals.park(error.member_id, error.code, until)
            log.warning("portal_parked", member_id=error.member_id, code=error.code)
        verdict = of_error(delivery, journal, error)
        if lane and verdict.state in {DeliveryState.REJECTED, DeliveryState.DEAD}:
            await self._tell_robot(delivery, lane, journal, verdict)
        return verdict

    async def _tell_robot(self, delivery: Delivery, lane: Lane, journal: Journal, verdict: Verdict) -> None:
        """A waiting robot must not wait for ever; that it could not be told changes no verdict."""
        try:
            call: RobotCall = call_of(self._keys.open(delivery.payload, "payload"))
            if not call.waits:
                return
            text = sentence(
                verdict.problem or "internal_error", language_of(lane.partner.language), verdict.params
            )
            async with asyncio.timeout(_ANSWER_SECONDS):
                await answer_robot(
                    self._apis.of(lane.partner), call, log=text, values={"status": "failed", "error": text}
                )
            journal.add("reported", "robot_told_failure")
        except (AppError, TimeoutError) as error:
            log.warning("robot_not_told", delivery=str(delivery.id), error=str(error))


def _database_or_time(error: BaseException) -> Any:
    return TryLater("took_too_long") if isinstance(error, TimeoutError) else TryLater("database_away")
