"""Robot: send the deal to the hub portal and let the process go on."""

import time
from typing import Any

from application.answering import answer_robot
from application.contract import Context, Outcome, Robot
from application.errors import Rejected
from application.messages import language_of, sentence
from application.model import RobotCall
from handlers.writing import write_deal
from mappings.card import Card, PartnerFacts
from mappings.problems import MappingError

DEAL = 2
_ALWAYS_READ = ("id", "title", "opportunity", "currencyId", "assignedById", "stageId", "categoryId")


async def run(call: RobotCall, context: Context) -> Outcome:
    """Read the card, apply the mapping, write the hub's deal, report."""
    started = time.monotonic()
    card = await _read_card(call, context)
    context.journal.add("read", "deal_read", took_ms=_ms(started), deal_id=call.deal_id)
    try:
        mapped = context.mapping.apply(card)
    except MappingError as error:
        raise Rejected("mapping_failed", fields=str(error)) from None
    context.journal.add("mapped", "deal_mapped", fields=len(mapped.fields))
    for note in mapped.notes:
        context.journal.add("note", note.code, **note.params)
    hub_deal_id = await write_deal(call, context, mapped.fields)
    outcome = Outcome(
        log=sentence("robot_delivered", language_of(context.partner.language), {"hub_deal_id": hub_deal_id}),
        values={
            "status": "delivered",
            "hubDealId": hub_deal_id,
            "hubDealUrl": f"https://{context.hub.domain}/crm/deal/details/{hub_deal_id}/",
            "error": "",
        },
        hub_deal_id=hub_deal_id,
    )
    if call.waits:
        started = time.monotonic()
        await answer_robot(context.source, call, log=outcome.log, values=outcome.values)
        context.journal.add("reported", "robot_told", took_ms=_ms(started))
    return outcome


async def _read_card(call: RobotCall, context: Context) -> Card:
    select = tuple(sorted({*_ALWAYS_READ, *context.mapping.needs()}))
    deal = await context.source.item(DEAL, int(call.deal_id), select)
    if deal is None:
        # A list that lacks the row proves nothing; asking for it by id tells why.
        try:
            found = await context.source.call("crm.item.get", {"entityTypeId": DEAL, "id": int(call.deal_id)})
        except Rejected as error:
            if error.params.get("bitrix_code") == "NOT_FOUND":
                raise Rejected("deal_not_found", deal_id=call.deal_id) from None
            raise
        deal = found["item"]
    context.journal.title = str(deal.get("title") or "")
    context.journal.amount = str(deal.get("opportunity") or "0")
    context.journal.currency = str(deal.get("currencyId") or "")
    users = await context.directory.users(context.source)
    hub_users = await context.directory.users(context.target)
    return Card(
        deal=deal,
        portal=PartnerFacts(context.partner.domain, context.partner.title, context.partner.member_id),
        responsible_email=users.emails.get(_number(deal.get("assignedById"))),
        users_by_email=hub_users.by_email,
        robot=call.properties,
    )


def _number(value: Any) -> int:
    return int(value) if str(value or "").isdecimal() else 0


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


ROBOT = Robot(
    code="send_deal",
    title={"en": "Send the deal to the hub", "ru": "Передать сделку на главный портал"},
    description={
        "en": "Creates one deal in the hub portal, or updates the one created before.",
        "ru": "Создаёт одну сделку на главном портале или обновляет созданную ранее.",
    },
    run=run,
    waits=False,
)
