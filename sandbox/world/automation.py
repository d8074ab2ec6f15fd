"""Robots on stages: what is queued when a deal arrives, and what ends a robot that waits."""

import asyncio
import hashlib
import hmac
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox.wire import moments, php
from sandbox.world import admission, properties
from sandbox.world.hits import Call, bare_auth
from sandbox.world.model import Installation, PlacedRobot, Run
from sandbox.world.portal import Portal

if TYPE_CHECKING:
    from sandbox.world.world import World

Json = dict[str, Any]

# The built-in robot that posts to any address.
WEBHOOK = "webhook"
_MAX_TIMEOUT = 5 * 365 * 86400


def enter(world: "World", portal: Portal, deal: Json) -> None:
    """Start the robots of the stage a deal has come to, and end those of the stage it left."""
    for run in portal.runs_of_deal.get(deal["id"], ()):
        if run.state == "waiting" and run.stage != deal["stageId"]:
            run.state, run.terminated, run.go_on = "closed", True, None
    if not (admission.has(portal, admission.AUTOMATION) or admission.has(portal, admission.DESIGNER)):
        return
    placed = [p for p in portal.automation if (p.category, p.stage) == (deal["categoryId"], deal["stageId"])]
    if placed:
        workflow = f"{secrets.token_hex(7)}.{secrets.randbelow(90_000_000) + 10_000_000}"
        _start(world, portal, deal["id"], placed, workflow)


def _start(world: "World", portal: Portal, deal_id: int, robots: list[PlacedRobot], workflow: str) -> None:
    """Run the first robot; the rest follow when it is done."""
    while robots:
        placed, robots = robots[0], robots[1:]
        run = _new_run(world, portal, deal_id, placed, workflow)
        if not _call(world, portal, run):
            return
        if run.state == "waiting":
            run.go_on = partial(_start, world, portal, deal_id, robots, workflow)
            return


def _new_run(world: "World", portal: Portal, deal_id: int, placed: PlacedRobot, workflow: str) -> Run:
    activity = f"A{placed.id}_{secrets.randbelow(90000) + 10000}_{secrets.randbelow(90000) + 10000}_{deal_id}"
    text = f"{workflow}|{activity}|{secrets.token_hex(16)}"
    token = f"{text}.{_signature(portal, text)}"
    run = Run(
        id=str(len(portal.runs) + 1),
        workflow_id=workflow,
        event_token=token,
        deal_id=deal_id,
        stage=placed.stage,
        placed=placed,
        started_at=moments.stamp(world.now()),
    )
    portal.runs[text] = run
    portal.runs_of_deal.setdefault(deal_id, []).append(run)
    return run


def _call(world: "World", portal: Portal, run: Run) -> bool:
    """Queue the call of a robot; `False` if the workflow cannot go on."""
    placed = run.placed
    if not placed.client_id and placed.code == WEBHOOK:
        _post(world, portal, run)
        return True
    installation = portal.installations.get(placed.client_id)
    if installation is None or not installation.working:
        return _fail(run, "Rest application not found.")
    if installation.expired or not portal.licensed:
        return _fail(run, "Rest application: payment required.")
    robot = robot_of(installation, placed.code)
    if robot is None:
        return _fail(run, "Activity or Robot not found!")
    waits = _waits(robot, placed)
    timeout = min(placed.timeout, _MAX_TIMEOUT) if waits else 0
    user = portal.user(placed.run_as or int(robot.get("AUTH_USER_ID") or 0))
    call = Call(
        "robot",
        placed.code,
        portal,
        installation.application,
        robot["HANDLER"],
        _form(world, portal, run, robot, installation.application_token),
        user.id if user else None,
        refresh=True,
    )
    call.form |= {"use_subscription": "Y" if waits else "N", "timeout_duration": timeout}
    world.outbox(call)
    if not waits:
        run.state = "closed"
    elif timeout:
        asyncio.get_running_loop().call_later(timeout, _time_out, run)
    return True


def robot_of(installation: Installation, code: str) -> Json | None:
    """What is registered under a code; robots and activities share their codes."""
    return installation.robots.get(code) or installation.activities.get(code)


def _form(world: "World", portal: Portal, run: Run, robot: Json, application_token: str) -> Json:
    deal = portal.records[2].get(run.deal_id)
    return {
        "workflow_id": run.workflow_id,
        "code": run.placed.code,
        "document_id": ["crm", "CCrmDocumentDeal", f"DEAL_{run.deal_id}"],
        "document_type": ["crm", "CCrmDocumentDeal", "DEAL"],
        "event_token": run.event_token,
        "properties": properties.of_call(portal, robot, run.placed, deal),
        "use_subscription": "N",
        "timeout_duration": 0,
        "ts": int(world.now()),
        "auth": bare_auth(portal, application_token),
    }


def _post(world: "World", portal: Portal, run: Run) -> None:
    """The webhook robot: the document alone, no token of any kind, nothing to answer."""
    deal = portal.records[2].get(run.deal_id)
    url = properties.text_of(portal, str(run.placed.properties.get("url", "")), deal)
    form = {
        "document_id": ["crm", "CCrmDocumentDeal", f"DEAL_{run.deal_id}"],
        "auth": bare_auth(portal, None),
    }
    run.state = "closed"
    world.outbox(Call("webhook", WEBHOOK, portal, None, url, form))


def _fail(run: Run, text: str) -> bool:
    run.state = "failed"
    run.log.append(text)
    return False


def _waits(robot: Json, placed: PlacedRobot) -> bool:
    registered = robot.get("USE_SUBSCRIPTION") or ""
    if registered in ("Y", "N"):
        return bool(registered == "Y")
    return placed.wait if placed.wait is not None else True


def _time_out(run: Run) -> None:
    if run.state == "waiting":
        run.is_timeout = True
        _close(run)


def _close(run: Run) -> None:
    run.state = "closed"
    go_on, run.go_on = run.go_on, None
    if go_on:
        go_on()


def _signature(portal: Portal, text: str) -> str:
    return hmac.new(portal.key, text.encode(), hashlib.sha256).hexdigest()


def find_run(portal: Portal, event_token: str) -> Run | None:
    """Check the token's signature; `LookupError` on a broken one, `None` for a workflow that is gone."""
    text, dot, signature = event_token.rpartition(".")
    if not dot or not hmac.compare_digest(signature.encode(), _signature(portal, text).encode()):
        raise LookupError(event_token)
    return portal.runs.get(text)


def answer(portal: Portal, run: Run, values: Any, message: str | None) -> None:
    """Complete a waiting robot; later answers change nothing."""
    if run.state != "waiting":
        return
    installation = portal.installations.get(run.placed.client_id)
    robot = robot_of(installation, run.placed.code) if installation else None
    inputs = (robot or {}).get("PROPERTIES") or {}
    known = {
        name.lower(): name for name in (robot or {}).get("RETURN_PROPERTIES") or {} if name not in inputs
    }
    for name, value in php.pairs(values):
        if name.lower() in known:
            run.return_values[known[name.lower()]] = value
    run.log.append(message or "The application has answered.")
    _close(run)
