"""Creating, changing and deleting records as the portal does."""

from typing import Any

from sandbox.crm import acceptance, bonds, prices, rights, stages, values
from sandbox.crm.fields import COMPANY, CONTACT, DEAL, FIRST_DYNAMIC, LEAD, short_code, staged, type_name
from sandbox.holdings import kinds
from sandbox.wire import moments
from sandbox.wire.errors import RestError
from sandbox.world.hits import Hit
from sandbox.world.portal import Portal

Item = dict[str, Any]

_TITLES = {
    "ru": {LEAD: "Лид #", DEAL: "Сделка #", COMPANY: "Компания #"},
    "en": {LEAD: "Lead #", DEAL: "Deal #", COMPANY: "Company #"},
}


def create(hit: Hit, entity: int, fields: Item, *, loose: bool = False, imported: Item | None = None) -> Item:
    """Create a record from camelCase fields; unknown and read-only ones are ignored.

    `imported` are the moments and authors of an import, which starts no automation.
    """
    portal, now = hit.portal, hit.now()
    item: Item = {name: values.empty(field) for name, field in portal.fields[entity].items()}
    item |= acceptance.taken(hit, entity, fields, loose=loose, current=None)
    acceptance.check_required(portal, entity, item, None)
    _sign(hit, item, fields, now)
    bonds.take(entity, item, fields)
    if staged(entity):
        _place(portal, entity, item, now)
    if "hasPhone" in item:
        item["fm"] = []
        acceptance.multi_fields(portal, item, fields)
    item |= imported or {}
    portal.records[entity].add(item)
    if not item.get("title") and (start := _TITLES[portal.language].get(entity) or _spa(portal, entity)):
        item["title"] = f"{start}{item['id']}"
    portal.records[entity].index(item)
    bonds.mirror(portal, entity, item, [])
    _tell(hit, entity, item, "ADD")
    if staged(entity):
        stages.remember(portal, entity, item, stages.CREATED, now)
    if entity == DEAL and imported is None:
        hit.entered.append(item)
    return item


def update(hit: Hit, entity: int, item: Item, fields: Item, *, loose: bool = False) -> bool:
    """Change a record; nothing is saved and nobody is told when all values are as they were."""
    portal = hit.portal
    accepted = acceptance.taken(hit, entity, fields, loose=loose, current=item)
    acceptance.check_required(portal, entity, accepted, accepted)
    if staged(entity):
        _keep_stage_legal(portal, entity, item, accepted)
    bonds.take(entity, accepted, accepted)
    changed = {name: value for name, value in accepted.items() if item.get(name) != value}
    multi_changed = "fm" in item and acceptance.multi_fields(portal, item, fields)
    if not changed and not multi_changed:
        return False
    before = {name: item.get(name) for name in ("stageId", "categoryId", "companyIds", "contactIds")}
    item |= changed
    if "isManualOpportunity" in changed and (short_code(entity), item["id"]) in portal.product_rows:
        recount(hit, entity, item)
    item["updatedTime"] = moments.stamp(hit.now())
    item["updatedBy"] = hit.user_id or item["updatedBy"]
    portal.records[entity].index(item)
    bonds.mirror(portal, entity, item, before["companyIds"] or before["contactIds"] or [])
    category_changed = staged(entity) and item.get("categoryId") != before["categoryId"]
    if staged(entity) and item["stageId"] != before["stageId"]:
        item["previousStageId"] = before["stageId"]
        _moved(hit, entity, item, category_changed=category_changed)
    if not category_changed or portal.switches.category_change_updates:
        _tell(hit, entity, item, "UPDATE")
    return True


def delete(hit: Hit, entity: int, item: Item) -> None:
    hit.portal.records[entity].remove(item["id"])
    hit.portal.product_rows.pop((short_code(entity), item["id"]), None)
    if entity in (CONTACT, COMPANY):
        bonds.forget(hit.portal, entity, item["id"])
    _tell(hit, entity, item, "DELETE")


def recount(hit: Hit, entity: int, item: Item) -> None:
    """Compute the amount and the tax of a record from its product rows unless set by hand."""
    rows = hit.portal.product_rows.get((short_code(entity), item["id"]), [])
    amount, tax = prices.totals(rows)
    if "taxValue" in item and rows:
        item["taxValue"] = tax
    if item["isManualOpportunity"] != "Y":
        item["opportunity"] = amount


def rows_changed(hit: Hit, entity: int, item: Item) -> None:
    """A new set of product rows is a full update of their owner."""
    recount(hit, entity, item)
    item["updatedTime"] = moments.stamp(hit.now())
    _tell(hit, entity, item, "UPDATE")


def _tell(hit: Hit, entity: int, item: Item, what: str) -> None:
    if entity < FIRST_DYNAMIC:
        hit.event(f"ONCRM{type_name(entity)}{what}", {"FIELDS": {"ID": item["id"]}})
        return
    data = {"FIELDS": {"ID": item["id"], "ENTITY_TYPE_ID": entity}}
    hit.event(f"ONCRMDYNAMICITEM{what}", data)
    hit.event(f"ONCRMDYNAMICITEM{what}_{entity}", data)


def _spa(portal: Portal, entity: int) -> str | None:
    return f"{portal.held.kinds[entity].title} #" if entity >= FIRST_DYNAMIC else None


def _sign(hit: Hit, item: Item, fields: Item, now: float) -> None:
    moment, author = moments.stamp(now), hit.user_id or 1
    item |= {"createdTime": moment, "updatedTime": moment, "lastActivityTime": moment}
    item |= {"createdBy": author, "updatedBy": author, "lastActivityBy": author}
    user = hit.portal.users.get(author)
    if rights.level(user, "add") == "own":
        item["assignedById"] = author
    item["assignedById"] = item["assignedById"] or author
    item["opened"] = item["opened"] if "opened" in fields else "Y"


def _place(portal: Portal, entity: int, item: Item, now: float) -> None:
    if entity != LEAD:
        known = kinds.categories(portal, entity)
        item["categoryId"] = item["categoryId"] or (0 if entity == DEAL else next(iter(known)))
        item["begindate"] = item["begindate"] or moments.midnight(now)
        item["closedate"] = item["closedate"] or moments.midnight(now + 7 * 86400)
    item["stageId"] = stages.choose(portal, entity, int(item.get("categoryId") or 0), item["stageId"])
    item["currencyId"] = item["currencyId"] or next(iter(portal.currencies))
    item["movedBy"] = item["createdBy"]
    stages.settle(portal, entity, item, now)


def _keep_stage_legal(portal: Portal, entity: int, item: Item, accepted: Item) -> None:
    old = int(item.get("categoryId") or 0)
    category = int(accepted.get("categoryId", old) or 0)
    if category != old:
        accepted["stageId"] = stages.choose(
            portal, entity, category, accepted.get("stageId", item["stageId"])
        )
    elif "stageId" in accepted and not stages.exists(portal, entity, category, accepted["stageId"]):
        del accepted["stageId"]


def _moved(hit: Hit, entity: int, item: Item, *, category_changed: bool) -> None:
    now = hit.now()
    item["movedBy"] = hit.user_id or item["movedBy"]
    stages.settle(hit.portal, entity, item, now)
    kind = stages.kind_of_move(hit.portal, entity, item)
    if category_changed:
        kind = stages.CATEGORY_CHANGED
    if category_changed and entity == DEAL:
        hit.event(
            "ONCRMDEALMOVETOCATEGORY",
            {"FIELDS": {"ID": item["id"], "CATEGORY_ID": item["categoryId"], "STAGE_ID": item["stageId"]}},
        )
    stages.remember(hit.portal, entity, item, kind, now)
    if entity == DEAL:
        hit.entered.append(item)


def denied(action: str) -> RestError:
    return RestError(f"CRM_ITEM_{action}_ACCESS_DENIED", "Access denied")
