"""The HTTP door for what Bitrix24 sends: authenticate, commit, answer; nothing else happens meanwhile."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from quart import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from application.bitrix.forms import Auth, FormInvalid, RobotForm, event_form, robot_form
from application.contract import Declaration, LifeCycle
from application.crypto import KeyRing, fingerprint, same
from application.errors import AppError, Rejected, TryLater
from application.installation import claimed
from application.model import Portal, PortalState, RobotCall
from application.payload import payload_of
from application.store.database import UNAVAILABLE
from application.store.inbox import Inbox, InboxFull, NewDelivery
from application.store.portals import Portals

log = structlog.get_logger()

_Answer = TypeVar("_Answer")

MAX_BODY_BYTES = 1024 * 1024
_KEEP_PORTAL_SECONDS = 5.0
_MAX_KNOWN = 10_000
_PATIENCE_SECONDS = (0.2, 0.6)
_FORM = "application/x-www-form-urlencoded"
_DEAL = "DEAL_"
_DEAL_ID = re.compile(r"DEAL_[0-9]{1,15}", re.ASCII)


class Refused(Exception):
    """A call we do not accept: the HTTP status, a code and a short reason."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Known:
    portal: Portal
    until: float


class KnownPortals:
    """Installed portals, remembered for seconds so that a burst of calls costs one look."""

    def __init__(self, portals: Portals) -> None:
        self._portals = portals
        self._known: dict[str, _Known] = {}
        self._looking: dict[str, asyncio.Task[Portal | None]] = {}

    async def get(self, member_id: str, *, fresh: bool = False) -> Portal | None:
        known = self._known.get(member_id)
        if known and not fresh and time.monotonic() < known.until:
            return known.portal
        looking = self._looking.get(member_id)
        if looking is None:
            looking = self._looking[member_id] = asyncio.create_task(self._look(member_id))
            looking.add_done_callback(lambda _: self._looking.pop(member_id, None))
        return await asyncio.shield(looking)

    async def _look(self, member_id: str) -> Portal | None:
        portal = await self._portals.by_member_id(member_id)
        if portal is None:
            self._known.pop(member_id, None)
            return None
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[member_id] = _Known(portal, time.monotonic() + _KEEP_PORTAL_SECONDS)
        return portal

    def forget(self, member_id: str) -> None:
        self._known.pop(member_id, None)


async def _patiently(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """Ask the database again after a short absence: Bitrix24 never repeats a call that we refuse."""
    for pause in _PATIENCE_SECONDS:
        try:
            return await ask()
        except UNAVAILABLE:
            await asyncio.sleep(pause)
    return await ask()


class Inbound:
    """The two addresses that every portal is given."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        known: KnownPortals,
        keys: KeyRing,
        declaration: Declaration,
        life_cycle: LifeCycle,
    ) -> None:
        self._inbox = inbox
        self._known = known
        self._keys = keys
        self._robots = {robot.code for robot in declaration.robots}
        self._events = {event.code: event for event in declaration.events}
        self._life_cycle = life_cycle

    def blueprint(self) -> Blueprint:
        door = Blueprint("inbound", __name__)
        door.add_url_rule(
            "/b24/robot", view_func=self._guarded(self._robot), methods=["POST"], endpoint="robot"
        )
        door.add_url_rule(
            "/b24/event", view_func=self._guarded(self._event), methods=["POST"], endpoint="event"
        )
        return door

    def _guarded(self, handle: Any) -> Any:
        async def view() -> Response:
            try:
                return _answer(200, await handle(await _body()))
            except Refused as refused:
                return _refuse(refused.status, refused.code, refused.reason)
            except FormInvalid as invalid:
                return _refuse(400, invalid.code, invalid.reason)
            except (*UNAVAILABLE, InboxFull) as error:
                return _refuse(503, "not_stored", type(error).__name__)
            except Rejected as error:
                return _refuse(403, error.code, str(error))
            except TryLater as error:
                return _refuse(503, error.code, str(error))
            except AppError as error:
                return _refuse(403, error.code, str(error))

        return view

    async def _robot(self, body: bytes) -> dict[str, str]:
        form = robot_form(body)
        portal = await self._authenticate(form.auth)
        if form.code not in self._robots:
            raise Refused(404, "unknown_robot", "this application has no such robot")
        if not _DEAL_ID.fullmatch(form.document_id):
            raise Refused(400, "not_a_deal", "document_id must name a deal")
        call = _call(form)
        delivery = NewDelivery(
            portal_id=portal.id,
            key=fingerprint(call.event_token),
            robot=call.code,
            deal_id=call.deal_id,
            payload=self._keys.seal(payload_of(call), "payload"),
        )
        new = await _patiently(lambda: self._inbox.put(delivery))
        log.info(
            "robot_call", member_id=portal.member_id, robot=form.code, document=form.document_id, new=new
        )
        return {"status": "accepted" if new else "already accepted"}

    async def _event(self, body: bytes) -> dict[str, str]:
        form = event_form(body)
        event = self._events.get(form.event)
        if event is None:
            raise Refused(404, "unknown_event", "this application does not handle this event")
        portal: Portal | None
        if event.first_contact and form.auth.access_token:
            portal = await self._known.get(form.auth.member_id, fresh=True)
        else:
            portal = await self._authenticate(form.auth)
        await event.run(form, portal, self._life_cycle)
        self._known.forget(form.auth.member_id)
        log.info("event", member_id=form.auth.member_id, event_code=form.event)
        return {"status": "ok"}

    async def _authenticate(self, auth: Auth) -> Portal:
        """The portal that `application_token` proves. Raises Refused."""
        portal = await _patiently(lambda: self._known.get(auth.member_id))
        if portal is None or not _proves(portal, auth):
            portal = await self._known.get(auth.member_id, fresh=True)  # it may have been installed just now
        if portal is None:
            raise Refused(404, "unknown_portal", "this portal has not installed the application")
        if portal.application_token_hash is None and auth.access_token:
            await self._learn(portal, auth)
            return portal
        if not _proves(portal, auth):
            raise Refused(403, "invalid_application_token", "the application token is not this portal's")
        if portal.state is PortalState.UNINSTALLED:
            raise Refused(403, "portal_uninstalled", "this portal has uninstalled the application")
        return portal

    async def _learn(self, portal: Portal, auth: Auth) -> None:
        """Older portals show their application token first in a call: believed once the call is confirmed."""
        visitor = await self._life_cycle.installations.confirm(claimed(auth, portal.language))
        token_hash = fingerprint(auth.application_token)
        await self._life_cycle.installations.portals.learn_application_token(portal.id, token_hash)
        self._known.forget(visitor.owner.member_id)


def _proves(portal: Portal, auth: Auth) -> bool:
    return portal.application_token_hash is not None and same(
        portal.application_token_hash, fingerprint(auth.application_token)
    )


def _call(form: RobotForm) -> RobotCall:
    return RobotCall(
        code=form.code,
        deal_id=form.document_id[len(_DEAL) :],
        event_token=form.event_token,
        properties=form.properties,
        waits=form.waits,
        workflow_id=form.workflow_id,
        user_id=form.auth.user_id,
    )


async def _body() -> bytes:
    if request.mimetype != _FORM:
        raise Refused(415, "not_a_form", f"send {_FORM}")
    try:
        body: bytes = await request.get_data(cache=False)  # type: ignore[assignment] # bytes unless as_text
    except RequestEntityTooLarge:
        raise Refused(413, "too_large", f"the body may have {MAX_BODY_BYTES} bytes") from None
    if len(body) > MAX_BODY_BYTES:
        raise Refused(413, "too_large", f"the body may have {MAX_BODY_BYTES} bytes")
    return body


def _answer(status: int, content: dict[str, str]) -> Response:
    return Response(json.dumps(content), status=status, content_type="application/json")


def _refuse(status: int, code: str, reason: str) -> Response:
    log.warning("call_refused", path=request.path, status=status, code=code, reason=reason)
    return _answer(status, {"error": code, "reason": reason})
