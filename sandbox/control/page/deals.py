"""Deals as the portal page shows them: lists, cards with their timeline, records to choose from."""

from typing import Any

from sandbox.control import applications, cards, records
from sandbox.control.page import feed
from sandbox.control.routes import Ask, Table
from sandbox.crm.fields import COMPANY, CONTACT, DEAL
from sandbox.wire.errors import RestError

Json = dict[str, Any]

_CHOICE = {"deal": DEAL, "contact": CONTACT, "company": COMPANY}
_SHOWN = 50


def deals(ask: Ask) -> Json:
    category, stage = ask.query.get("category"), ask.query.get("stage")
    wanted = [
        deal
        for deal in ask.portal.records[DEAL].newest_first()
        if category in (None, "", str(deal["categoryId"])) and stage in (None, "", deal["stageId"])
    ]
    offset, limit = int(ask.query.get("offset") or 0), int(ask.query.get("limit") or 200)
    return {"deals": wanted[offset : offset + limit], "total": len(wanted)}


def deal_card(ask: Ask) -> Json:
    portal, deal_id = ask.portal, int(ask.parts[0])
    deal = portal.records[DEAL].get(deal_id)
    if deal is None:
        raise RestError("NOT_FOUND", "No such deal", 404)
    return {
        "deal": deal,
        "timeline": feed.rows(portal, deal_id),
        "contacts": portal.records[CONTACT].by_ids(deal["contactIds"]),
        "company": portal.records[COMPANY].get(deal["companyId"]),
        "products": portal.product_rows.get(("D", deal_id), []),
        "workflows": [run.row() for run in portal.runs_of_deal.get(deal_id, [])],
    }


def add_deal(ask: Ask) -> Json:
    made = records.create(ask, DEAL, [ask.body["fields"]])
    return {"deal": ask.portal.records[DEAL].get(made[0])}


def choose(ask: Ask) -> Json:
    """The newest records of a kind, for the dialogs in which an application lets the user choose."""
    entity = _CHOICE.get(ask.parts[0])
    if entity is None:
        raise RestError("NOT_FOUND", f"No records of kind {ask.parts[0]}", 404)
    rows = []
    for item in ask.portal.records[entity].newest_first():
        name = f"{item.get('name') or ''} {item.get('lastName') or ''}".strip()
        rows.append({"id": item["id"], "title": item.get("title") or name or f"#{item['id']}"})
        if len(rows) == _SHOWN:
            break
    return {"items": rows}


TABLE: Table = {
    "GET deals": deals,
    "GET deals/*": deal_card,
    "POST deals": add_deal,
    "POST activities/*/press": cards.press,
    "GET choice/*": choose,
    "GET workflows": lambda ask: {"workflows": applications.runs(ask.portal)},
}
