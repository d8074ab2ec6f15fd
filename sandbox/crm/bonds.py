"""Which contacts and companies belong together, and which contacts to a deal, in what order."""

from typing import Any

from sandbox.crm.fields import COMPANY, CONTACT
from sandbox.world.portal import Portal

Item = dict[str, Any]

_OTHERS = {CONTACT: ("companyIds", "companyId", COMPANY), COMPANY: ("contactIds", "", CONTACT)}


def take(entity: int, item: Item, fields: Item) -> None:
    """`contactIds` names all, the first being primary; the older `contactId` names one. So companies."""
    many, one, _ = _OTHERS.get(entity, ("contactIds", "contactId", CONTACT))
    if not one:
        return
    if many in fields:
        item[one] = item[many][0] if item[many] else 0
    elif one in fields:
        item[many] = [item[one]] if item[one] else []


def mirror(portal: Portal, entity: int, item: Item, before: list[int]) -> None:
    """Contacts and companies are bound both ways: bring the other side up to date."""
    if entity not in _OTHERS:
        return
    many, _, other = _OTHERS[entity]
    theirs, their_one, _ = _OTHERS[other]
    for number in {*before, *item[many]}:
        found = portal.records[other].get(number)
        if found is None:
            continue
        bound = number in item[many]
        if bound and item["id"] not in found[theirs]:
            found[theirs].append(item["id"])
        elif not bound and item["id"] in found[theirs]:
            found[theirs].remove(item["id"])
        if their_one and found[their_one] not in found[theirs]:
            found[their_one] = found[theirs][0] if found[theirs] else 0


def forget(portal: Portal, entity: int, number: int) -> None:
    """Take a contact or company that is deleted off everything it was bound to."""
    many, one = ("contactIds", "contactId") if entity == CONTACT else ("companyIds", "companyId")
    for records in portal.records.values():
        for item in records:
            if number in item.get(many, ()):
                item[many].remove(number)
            if item.get(one) == number:
                item[one] = item[many][0] if item.get(many) else 0


def printed(portal: Portal, entity: int, item: Item, key: str) -> list[Item]:
    """The links of a record as `…items.get` prints them."""
    many, one = ("companyIds", "companyId") if key == "COMPANY_ID" else ("contactIds", "contactId")
    sorts = portal.held.contact_sorts.get((entity, item["id"]), {})
    primary = item.get(one) or (item[many][0] if item[many] else 0)
    return [
        {
            key: number,
            "SORT": sorts.get(number, (place + 1) * 10),
            "ROLE_ID": 0,
            "IS_PRIMARY": "Y" if number == primary else "N",
        }
        for place, number in enumerate(item[many])
    ]
