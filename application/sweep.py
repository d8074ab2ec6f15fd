"""What runs on a clock: bringing portals to their declared state, waking lanes that slept through a call."""

import asyncio
from datetime import timedelta

import structlog

from application.errors import AppError
from application.registration import Registrar
from application.store.database import UNAVAILABLE
from application.store.lanes import Lanes
from application.store.portals import Portals
from application.store.registrations import Registrations
from application.verdicts import backoff

log = structlog.get_logger()

_ROUND_SECONDS = 1.0
_ROUNDS_BETWEEN_NETS = 60
_LEASE = timedelta(minutes=2)
_EVERY = timedelta(days=1)
# One portal that answers nonsense must not end the rounds of all the others.
_ODD_ANSWER = (AttributeError, LookupError, TypeError, ValueError)


class Sweep:
    """Runs in every worker; rows are leased, so several workers share the rounds."""

    def __init__(
        self, *, registrar: Registrar, registrations: Registrations, portals: Portals, lanes: Lanes
    ) -> None:
        self._registrar = registrar
        self._registrations = registrations
        self._portals = portals
        self._lanes = lanes

    async def run(self) -> None:
        """Rounds until cancelled."""
        rounds = 0
        while True:
            try:
                await self._register()
                rounds += 1
                if rounds % _ROUNDS_BETWEEN_NETS == 0:
                    await self._spread_nets()
            except UNAVAILABLE as error:
                log.debug("sweep_waits", error=type(error).__name__)
            await asyncio.sleep(_ROUND_SECONDS)

    async def _spread_nets(self) -> None:
        if moved := await self._lanes.move_to_routes():
            log.info("calls_moved_to_their_route", calls=moved)
        if woken := await self._lanes.wake_stranded():
            log.error("lanes_were_stranded", lanes=woken)

    async def _register(self) -> None:
        for portal_id in await self._registrations.take_due(_LEASE):
            portal = await self._portals.get(portal_id)
            if portal is None:
                continue
            try:
                async with asyncio.timeout(_LEASE.total_seconds()):
                    await self._registrar.run_all(portal)
            except (AppError, TimeoutError, *_ODD_ANSWER) as error:
                failures = await self._registrations.failures(portal_id)
                await self._registrations.schedule(portal_id, timedelta(seconds=backoff(failures)))
                log.warning(
                    "registration_failed",
                    member_id=portal.member_id,
                    error=str(error) or type(error).__name__,
                )
            else:
                await self._registrations.finished(portal_id, _EVERY)
                log.info("registered", member_id=portal.member_id)
