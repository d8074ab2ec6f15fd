"""Creating, changing and deleting deals, contacts and companies as the portal does."""

from typing import Any

from sandbox.crm import stages, values
from sandbox.crm.fields import COMPANY, CONTACT, DEAL, TYPE_NAMES, Field
from sandbox.wire import moments
from sandbox.wire.errors import RestError
from sandbox.world.hits import Hit
from sandbox.world.portal import Portal

Item = dict[str, Any]

_TITLES = {"ru": {DEAL: "Сделка #", COMPANY: "Компания #"}, "en": {DEAL: "Deal #", COMPANY: "Company #"}}


def create(hit: Hit, entity: int, fields: dict[str, Any], *, loose: bool = False) -> Item:
    """Create a record from camelCase fields; unknown and read-only ones are ignored."""
    portal, now = hit.portal, hit.now()
    table = portal.fields[entity]
    item: Item = {name: values.empty(field) for name, field in table.items()}
    item |= _accepted(portal, entity, fields, loose=loose)
    moment = moments.stamp(now)
    author = hit.user_id or 1
    item |= {"createdTime": moment, "updatedTime": moment, "lastActivityTime": moment}
    item |= {"createdBy": author, "updatedBy": author, "lastActivityBy": author}
    item["assignedById"] = item["assignedById"] or author
    item["opened"] = item["opened"] if "opened" in fields else "Y"
    if entity == DEAL:
        _new_deal(portal, item, fields, now, author)
    else:
        item["fm"] = []
        _apply_multi(portal, item, fields)
    portal.records[entity].add(item)
    if not item.get("title") and entity in _TITLES[portal.language]:
        item["title"] = f"{_TITLES[portal.language][entity]}{item['id']}"
    portal.records[entity].index(item)
    hit.event(f"ONCRM{TYPE_NAMES[entity]}ADD", {"FIELDS": {"ID": item["id"]}})
    if entity == DEAL:
        stages.remember(portal, item, stages.CREATED, now)
        hit.entered.append(item)
    return item


def update(hit: Hit, entity: int, item: Item, fields: dict[str, Any], *, loose: bool = False) -> bool:
    """Change a record; nothing is saved and nobody is told when all values are as they were."""
    portal, now = hit.portal, hit.now()
    accepted = _accepted(portal, entity, fields, loose=loose)
    if entity == DEAL:
        _keep_stage_legal(portal, item, accepted)
    changed = {name: value for name, value in accepted.items() if item.get(name) != value}
    multi_changed = entity != DEAL and _apply_multi(portal, item, fields)
    if not changed and not multi_changed:
        return False
    before_stage, before_category = item.get("stageId"), item.get("categoryId")
    item |= changed
    item["updatedTime"] = moments.stamp(now)
    item["updatedBy"] = hit.user_id or item["updatedBy"]
    portal.records[entity].index(item)
    if entity == DEAL and item["stageId"] != before_stage:
        item["previousStageId"] = before_stage
        _moved(hit, item, category_changed=item["categoryId"] != before_category)
    hit.event(f"ONCRM{TYPE_NAMES[entity]}UPDATE", {"FIELDS": {"ID": item["id"]}})
    return True


def delete(hit: Hit, entity: int, item: Item) -> None:
    hit.portal.records[entity].remove(item["id"])
    hit.portal.product_rows.pop(("D", item["id"]), None)
    hit.event(f"ONCRM{TYPE_NAMES[entity]}DELETE", {"FIELDS": {"ID": item["id"]}})


def recount(hit: Hit, deal: Item) -> None:
    """Compute a deal's amount from its product rows unless it was set by hand."""
    if deal["isManualOpportunity"] == "Y":
        return
    rows = hit.portal.product_rows.get(("D", deal["id"]), [])
    total = round(sum(row["price"] * row["quantity"] for row in rows), 2)
    deal["opportunity"] = int(total) if float(total).is_integer() else total


def _new_deal(portal: Portal, item: Item, fields: dict[str, Any], now: float, author: int) -> None:
    item["categoryId"] = item["categoryId"] or 0
    item["stageId"] = stages.choose(portal, int(item["categoryId"]), item["stageId"])
    item["currencyId"] = item["currencyId"] or next(iter(portal.currencies))
    item["begindate"] = item["begindate"] or moments.midnight(now)
    item["closedate"] = item["closedate"] or moments.midnight(now + 7 * 86400)
    item["movedBy"] = author
    _link_contacts(item, fields)
    stages.settle(portal, item, now)


def _keep_stage_legal(portal: Portal, item: Item, accepted: Item) -> None:
    category = int(accepted.get("categoryId", item["categoryId"]) or 0)
    if category != item["categoryId"]:
        accepted["stageId"] = stages.choose(portal, category, accepted.get("stageId", item["stageId"]))
    elif "stageId" in accepted and not stages.exists(portal, category, accepted["stageId"]):
        del accepted["stageId"]
    _link_contacts(accepted, accepted)


def _link_contacts(item: Item, fields: dict[str, Any]) -> None:
    """`contactIds` names all, the first being primary; the older `contactId` names one."""
    if "contactIds" in fields:
        item["contactId"] = item["contactIds"][0] if item["contactIds"] else 0
    elif "contactId" in fields:
        item["contactIds"] = [item["contactId"]] if item["contactId"] else []


def _moved(hit: Hit, item: Item, *, category_changed: bool) -> None:
    now = hit.now()
    item["movedBy"] = hit.user_id or item["movedBy"]
    stages.settle(hit.portal, item, now)
    if category_changed:
        kind = stages.CATEGORY_CHANGED
        hit.event(
            "ONCRMDEALMOVETOCATEGORY",
            {"FIELDS": {"ID": item["id"], "CATEGORY_ID": item["categoryId"], "STAGE_ID": item["stageId"]}},
        )
    else:
        kind = stages.MOVED if item["stageSemanticId"] == "P" else stages.FINISHED
    stages.remember(hit.portal, item, kind, now)
    hit.entered.append(item)


def _accepted(portal: Portal, entity: int, fields: dict[str, Any], *, loose: bool) -> Item:
    table = portal.fields[entity]
    accepted: Item = {}
    for name, value in fields.items():
        field = table.get(name)
        if field is None or field.read_only:
            continue
        kept = values.coerce(field, value, loose=loose)
        if kept is not values.SKIP:
            accepted[name] = kept
            _check(portal, field, kept)
    return accepted


def _check(portal: Portal, field: Field, value: Any) -> None:
    wrong = (
        (field.type == "crm_category" and value not in portal.categories)
        or (field.type == "crm_currency" and value and value not in portal.currencies)
    )  # fmt: skip
    if wrong:
        raise RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value of the field "{field.title}"')
    entity = {"crm_contact": CONTACT, "crm_company": COMPANY}.get(field.type)
    if entity is None:
        return
    for linked in value if isinstance(value, list) else [value]:
        if linked and portal.records[entity].get(linked) is None:
            name = TYPE_NAMES[entity].capitalize()
            raise RestError("0", f"[{name} #{linked}] Access denied")


def _apply_multi(portal: Portal, item: Item, fields: dict[str, Any]) -> bool:
    changed = False
    for known, row in values.multi_fields(fields):
        existing = next((r for r in item["fm"] if r["id"] == known), None) if known else None
        if existing is not None:
            if not row["value"]:
                item["fm"].remove(existing)
            else:
                existing |= {"valueType": row["valueType"], "value": row["value"]}
            changed = True
        elif row["value"] and row["typeId"]:
            item["fm"].append({"id": portal.next_id(), **row})
            changed = True
    item["hasPhone"] = "Y" if any(row["typeId"] == "PHONE" for row in item["fm"]) else "N"
    item["hasEmail"] = "Y" if any(row["typeId"] == "EMAIL" for row in item["fm"]) else "N"
    return changed
