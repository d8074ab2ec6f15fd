"""The only code that decides whether a hub deal is created, updated or left alone; keeps the ledger."""

import time
from datetime import UTC, datetime
from typing import Any

from application.contract import Context
from application.errors import AppError, OutcomeUnknown, Rejected, Throttled
from application.model import Link, LinkState, ReentryPolicy, RobotCall
from application.request_queue import Ticket

DEAL = 2
_ANSWERED = "write_answer_unclear"
_LEAST_WAIT = 1.0


def originator(member_id: str) -> str:
    """What every object we create carries as `originatorId`."""
    return f"b24-bridge|{member_id}"


def origin(deal_id: str, generation: int) -> str:
    """`originId`: the source deal, and which re-creation of it where there was one."""
    return deal_id if generation == 1 else f"{deal_id}#{generation}"


async def write_deal(call: RobotCall, context: Context, fields: dict[str, Any]) -> str:
    """Bring the hub to have this deal, exactly once; returns its id."""
    link = await context.links.latest("deal", call.deal_id)
    if link and link.state is LinkState.DONE and link.delivery_id != context.delivery.id:
        if context.route.policy is ReentryPolicy.IGNORE:
            context.journal.add("note", "reentry_ignored", hub_deal_id=link.target_id)
            return str(link.target_id)
        if context.route.policy is ReentryPolicy.UPDATE:
            return await _update(link, context, fields)
        link = await context.links.plan("deal", call.deal_id, link.generation + 1, context.delivery.id)
    if link is None:
        link = await context.links.plan("deal", call.deal_id, 1, context.delivery.id)
    if link.state is LinkState.DONE:
        return str(link.target_id)
    return await _adopt(link, context) or await _create(link, context, fields)


async def _adopt(link: Link, context: Context) -> str | None:
    """Look the origin up in the hub: a create whose answer was lost may well have happened."""
    found = await context.target.by_origin(
        DEAL, originator(context.partner.member_id), origin(link.source_id, link.generation)
    )
    if found:
        if len(found) > 1:
            context.journal.add("note", "duplicates_found", ids=", ".join(map(str, found)))
        await context.links.done(link.id, str(found[0]))
        context.journal.add("adopted", "deal_adopted", hub_deal_id=found[0])
        return str(found[0])
    if link.state is LinkState.SENT and link.sent_at:
        left = context.portal_deadline - (datetime.now(UTC) - link.sent_at).total_seconds()
        if left > 0:  # the hub may still be working on it
            raise Throttled("outcome_awaited", after=max(left, _LEAST_WAIT))
    return None


async def _create(link: Link, context: Context, fields: dict[str, Any]) -> str:
    started = time.monotonic()
    ticket = Ticket(link.id, link.sent_at, context.delivery.id, context.delivery.claims)
    parameters = {
        "fields": {
            **await _legacy_names(context, fields),
            "ORIGINATOR_ID": originator(context.partner.member_id),
            "ORIGIN_ID": origin(link.source_id, link.generation),
        },
        "params": {"REGISTER_SONET_EVENT": "N"},
    }
    try:
        hub_deal_id = str(int(await context.target.create("crm.deal.add", parameters, ticket)))
    except AppError as error:
        if error.not_carried_out:
            await context.links.not_carried_out(link.id, error.not_carried_out)
        if isinstance(error, OutcomeUnknown) and error.code == _ANSWERED:
            return await _resolve_answered(link, context, error)
        raise
    except (TypeError, ValueError):
        raise OutcomeUnknown("answer_unreadable", method="crm.deal.add", status=200) from None
    await context.links.done(link.id, hub_deal_id)
    context.journal.add(
        "written", "deal_created", took_ms=round((time.monotonic() - started) * 1000), hub_deal_id=hub_deal_id
    )
    return hub_deal_id


async def _resolve_answered(link: Link, context: Context, error: OutcomeUnknown) -> str:
    """The portal has answered with an error that may come after the insert: it is not at work, so look."""
    planned = await context.links.latest("deal", link.source_id)
    assert planned is not None
    done_waiting = Link(
        link.id, link.source_id, link.generation, LinkState.PLANNED, None, None, link.delivery_id
    )
    adopted = await _adopt(done_waiting, context)
    if adopted:
        return adopted
    if planned.sent_at:
        await context.links.not_carried_out(link.id, planned.sent_at)
    if not error.params.get("bitrix_code"):
        raise Rejected("bitrix_refused", **error.params)
    raise error


async def _update(link: Link, context: Context, fields: dict[str, Any]) -> str:
    """Absolute values, so repeating is harmless; equal values are no save at all for the portal."""
    parameters = {"id": int(str(link.target_id)), "fields": await _legacy_names(context, fields)}
    try:
        await context.target.call("crm.deal.update", parameters, writes=True)
    except AppError as error:
        # The older methods refuse without a code; an update that was refused has changed nothing.
        if not isinstance(error, Rejected) and (error.code != _ANSWERED or error.params.get("bitrix_code")):
            raise
        if "not found" in str(error.params.get("description", "")).lower():
            raise Rejected("hub_deal_deleted", hub_deal_id=link.target_id) from None
        raise Rejected("bitrix_refused", **error.params) from None
    context.journal.add("written", "deal_updated", hub_deal_id=link.target_id)
    return str(link.target_id)


async def _legacy_names(context: Context, fields: dict[str, Any]) -> dict[str, Any]:
    """`crm.deal.*` names: creating by them spends a time budget of its own (bitrix24-crm-rest 9.2)."""
    known = await context.directory.deal_fields(context.target)
    unknown = sorted(fields.keys() - known.keys())
    if unknown:
        context.journal.add("note", "fields_unknown_in_hub", fields=", ".join(unknown))
    return {str(known[name]["upperName"]): value for name, value in fields.items() if name in known}
