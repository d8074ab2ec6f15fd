"""Who belongs to whom: contacts of deals, companies of contacts; duplicates."""


async def contacts(stage, count, **fields):
    add = {"fields": {"NAME": "Ann", **fields}}
    return [await stage.result("crm.contact.add", add) for _ in range(count)]


async def item(stage, entity, number):
    return (await stage.result("crm.item.get", {"entityTypeId": entity, "id": number}))["item"]


async def test_contacts_of_a_deal_are_replaced_without_an_event(stage):
    one, two, three = await contacts(stage, 3)
    (deal,) = await stage.deals({"contactIds": [one, two]})
    url = f"{stage.listener.url}/event"
    await stage.result("event.bind", {"event": "ONCRMDEALUPDATE", "handler": url})
    shown = await stage.result("crm.deal.contact.items.get", {"id": deal})
    assert shown == [
        {"CONTACT_ID": one, "SORT": 10, "ROLE_ID": 0, "IS_PRIMARY": "Y"},
        {"CONTACT_ID": two, "SORT": 20, "ROLE_ID": 0, "IS_PRIMARY": "N"},
    ]
    links = [{"CONTACT_ID": three, "SORT": 200}, {"CONTACT_ID": one, "IS_PRIMARY": "Y", "SORT": 100}]
    assert await stage.result("crm.deal.contact.items.set", {"id": deal, "items": links}) is True
    shown = await stage.result("crm.deal.contact.items.get", {"id": deal})
    assert [(row["CONTACT_ID"], row["IS_PRIMARY"], row["SORT"]) for row in shown] == [
        (one, "Y", 100), (three, "N", 200),
    ]  # fmt: skip
    assert ((await item(stage, 2, deal))["contactIds"], (await item(stage, 2, deal))["contactId"]) == (
        [one, three], one,
    )  # fmt: skip
    assert (await stage.control("GET", "calls"))["calls"] == []


async def test_single_contacts_are_added_and_taken_away(stage):
    one, two = await contacts(stage, 2)
    (deal,) = await stage.deals({"contactIds": [one]})
    link = {"id": deal, "fields": {"CONTACT_ID": two, "IS_PRIMARY": "Y"}}
    assert await stage.result("crm.deal.contact.add", link) is True
    assert await stage.result("crm.deal.contact.add", link) is False
    assert (await item(stage, 2, deal))["contactId"] == two
    assert await stage.result("crm.deal.contact.delete", link) is True
    assert (await item(stage, 2, deal))["contactIds"] == [one]
    assert await stage.result("crm.deal.contact.items.delete", {"id": deal}) is True
    assert (await item(stage, 2, deal))["contactIds"] == []


async def test_links_need_a_deal_and_a_list(stage):
    (deal,) = await stage.deals({"title": "x"})
    assert (await stage.error("crm.deal.contact.items.set", {"id": deal, "items": "x"}))[2] == (
        "The parameter items must be array."
    )
    assert (await stage.error("crm.deal.contact.items.get", {"id": 0}))[2] == (
        "The parameter ownerEntityID is invalid or not defined."
    )
    assert (await stage.error("crm.deal.contact.items.get", {"id": 99}))[2] == "Not found."


async def test_contacts_and_companies_are_bound_both_ways(stage):
    one = await stage.result("crm.company.add", {"fields": {"TITLE": "A"}})
    two = await stage.result("crm.company.add", {"fields": {"TITLE": "B"}})
    (contact,) = await contacts(stage, 1, COMPANY_IDS=[one, two])
    assert (await item(stage, 4, one))["contactIds"] == [contact]
    assert (await item(stage, 3, contact))["companyId"] == one
    links = {"id": one, "items": []}
    await stage.result("crm.company.contact.items.set", links)
    assert (await item(stage, 3, contact))["companyIds"] == [two]
    assert (await item(stage, 3, contact))["companyId"] == two
    shown = await stage.result("crm.contact.company.items.get", {"id": contact})
    assert [(row["COMPANY_ID"], row["IS_PRIMARY"]) for row in shown] == [(two, "Y")]


async def test_duplicates_are_searched_by_20_values_with_20_matches_each_and_not_attributed(stage):
    phone = [{"VALUE": "+1 555 0100", "VALUE_TYPE": "WORK"}]
    await contacts(stage, 22, PHONE=phone)
    (other,) = await contacts(stage, 1, PHONE=[{"VALUE": "+1 555 0199"}])
    company = await stage.result("crm.company.add", {"fields": {"TITLE": "A", "PHONE": phone}})
    ask = {"type": "PHONE", "values": ["15550100"]}
    found = await stage.result("crm.duplicate.findbycomm", ask)
    assert (len(found["CONTACT"]), found["COMPANY"]) == (20, [company])
    both = {"type": "PHONE", "entity_type": "CONTACT", "values": ["15550100", "15550199"]}
    assert set(await stage.result("crm.duplicate.findbycomm", both)) == {"CONTACT"}
    assert other in (await stage.result("crm.duplicate.findbycomm", both))["CONTACT"]
    many = {**both, "values": [str(n) for n in range(20)] + ["15550199"]}
    assert await stage.result("crm.duplicate.findbycomm", many) == []


async def test_a_deleted_contact_is_taken_off_its_deals(stage):
    one, two = await contacts(stage, 2)
    (deal,) = await stage.deals({"contactIds": [one, two]})
    await stage.result("crm.contact.delete", {"id": one})
    assert (await item(stage, 2, deal))["contactIds"] == [two]
    assert (await item(stage, 2, deal))["contactId"] == two
