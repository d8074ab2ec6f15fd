"""The older `crm.deal` family: strings for scalars and filters dropped in silence."""


async def test_scalars_are_strings_and_ids_are_bare_integers(stage):
    fields = {
        "TITLE": "Ann",
        "OPPORTUNITY": 19999.99,
        "STAGE_ID": "EXECUTING",
        "UF_CRM_1721244707511": "1",
        "UF_CRM_1721244707410": 44,
        "NONSENSE": 1,
    }
    assert await stage.result("crm.deal.add", {"fields": fields}) == 1
    deal = await stage.result("crm.deal.get", {"id": "1"})
    assert (deal["ID"], deal["OPPORTUNITY"], deal["CATEGORY_ID"]) == ("1", "19999.99", "0")
    assert (deal["UF_CRM_1721244707511"], deal["UF_CRM_1721244707410"]) == ("1", "44")
    assert "DATE_CREATE" in deal
    assert "CONTACT_IDS" not in deal


async def test_lists_drop_conditions_on_unknown_fields(stage):
    await stage.deals({"title": "a"}, {"title": "b"})
    rows = await stage.result("crm.deal.list", {"filter": {"=ORIGINATOR": "typo"}, "select": ["ID"]})
    assert rows == [{"ID": "1"}, {"ID": "2"}]
    rows = await stage.result("crm.deal.list", {"filter": {"=TITLE": "b"}, "order": {"ID": "DESC"}})
    assert [row["ID"] for row in rows] == ["2"]
    assert not any(name.startswith("UF_") for name in rows[0])
    _, body = await stage.rest("crm.deal.list", {"start": -1})
    assert body["total"] == 0


async def test_ids_are_cast_and_errors_have_no_code(stage):
    await stage.deals({"title": "a"})
    assert (await stage.result("crm.deal.get", {"id": {"any": "array"}}))["TITLE"] == "a"
    assert await stage.error("crm.deal.get", {"id": 99}) == (400, "", "Not found")
    assert await stage.error("crm.deal.get", {"id": []}) == (400, "", "ID is not defined or invalid.")
    assert (await stage.error("crm.deal.add", {"fields": {"CURRENCY_ID": "XXX"}}))[1] == ""


async def test_contacts_have_phones_only_when_asked(stage):
    phone = [{"VALUE": "+15550100", "VALUE_TYPE": "WORK"}]
    number = await stage.result("crm.contact.add", {"fields": {"NAME": "Ann", "PHONE": phone}})
    assert (await stage.result("crm.contact.get", {"id": number}))["PHONE"][0]["VALUE"] == "+15550100"
    assert "PHONE" not in (await stage.result("crm.contact.list"))[0]
    row = (await stage.result("crm.contact.list", {"select": ["ID", "PHONE"]}))[0]
    assert (row["PHONE"][0]["TYPE_ID"], row["PHONE"][0]["VALUE_TYPE"]) == ("PHONE", "WORK")


async def test_companies_and_links(stage):
    company = await stage.result("crm.company.add", {"fields": {"TITLE": "ACME", "COMPANY_TYPE": "CUSTOMER"}})
    contact = await stage.result("crm.contact.add", {"fields": {"NAME": "Ann", "COMPANY_IDS": [company]}})
    fields = {"TITLE": "x", "COMPANY_ID": company, "CONTACT_IDS": [contact], "STAGE_ID": "NEW"}
    deal = await stage.result("crm.deal.add", {"fields": fields})
    item = (await stage.result("crm.item.get", {"entityTypeId": 2, "id": deal}))["item"]
    assert (item["companyId"], item["contactId"], item["contactIds"]) == (company, contact, [contact])
    moved = {"id": deal, "fields": {"CATEGORY_ID": 1, "STAGE_ID": "WON"}}
    assert await stage.result("crm.deal.update", moved) is True
    deal = await stage.result("crm.deal.get", {"id": deal})
    assert (deal["CATEGORY_ID"], deal["STAGE_ID"], deal["CLOSED"]) == ("0", "WON", "Y")


async def test_rows_recount_the_amount_unless_it_is_set_by_hand(stage):
    one, two = await stage.deals({"opportunity": 5}, {"opportunity": 5, "isManualOpportunity": "Y"})
    rows = [{"productName": "A", "price": 10.5, "quantity": 2, "taxRate": 0}]
    for number in (one, two):
        ask = {"ownerType": "D", "ownerId": number, "productRows": rows}
        shown = (await stage.result("crm.item.productrow.set", ask))["productRows"]
        assert (shown[0]["ownerId"], shown[0]["taxRate"]) == (number, 0)
    assert (await stage.result("crm.deal.get", {"id": one}))["OPPORTUNITY"] == "21.00"
    assert (await stage.result("crm.deal.get", {"id": two}))["OPPORTUNITY"] == "5.00"
    ask = {"filter": {"=ownerType": "D", "=ownerId": [one, two]}, "start": -1}
    assert len((await stage.result("crm.item.productrow.list", ask))["productRows"]) == 2
    assert (await stage.error("crm.item.productrow.list", {"filter": {"=ownerId": 1}}))[
        1
    ] == "REQUIRED_ARG_MISSING"
    old = await stage.result("crm.deal.productrows.get", {"id": one})
    assert (old[0]["PRODUCT_NAME"], old[0]["ID"].isdigit()) == ("A", True)
    cleared = await stage.batch({"a": f"crm.deal.productrows.set?id={one}&rows[]="})
    assert cleared["result"]["a"] is True
    assert await stage.result("crm.deal.productrows.get", {"id": one}) == []


async def test_comments_and_log_entries(stage):
    (deal,) = await stage.deals({"title": "x"})
    comment = {"fields": {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": "hello"}}
    assert isinstance(await stage.result("crm.timeline.comment.add", comment), int)
    listed = await stage.result("crm.timeline.comment.list", {"filter": comment["fields"] | {"COMMENT": ""}})
    assert [(row["COMMENT"], row["AUTHOR_ID"]) for row in listed] == [("hello", "1")]
    entry = {"entityTypeId": 2, "entityId": deal, "title": "Sent", "text": "to hub", "iconCode": "info"}
    log = (await stage.result("crm.timeline.logmessage.add", {"fields": entry}))["logMessage"]
    assert (log["title"], log["text"], log["authorId"]) == ("Sent", "to hub", 1)
