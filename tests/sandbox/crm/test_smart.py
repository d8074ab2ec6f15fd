"""Leads and smart processes as kinds of `crm.item`."""


async def process(stage):
    return await stage.control("POST", "portals/north/types", {"title": "Contracts"})


async def test_leads_have_stages_of_their_own_and_an_older_family(stage):
    fields = {"title": "x", "name": "Ann", "fm": {"n0": {"typeId": "EMAIL", "value": "a@b.example"}}}
    item = (await stage.result("crm.item.add", {"entityTypeId": 1, "fields": fields}))["item"]
    assert (item["stageId"], item["stageSemanticId"], item["entityTypeId"]) == ("NEW", "P", 1)
    change = {"entityTypeId": 1, "id": item["id"], "fields": {"stageId": "JUNK"}}
    assert (await stage.result("crm.item.update", change))["item"]["stageSemanticId"] == "F"
    lead = await stage.result("crm.lead.get", {"id": item["id"]})
    assert (lead["STATUS_ID"], lead["EMAIL"][0]["VALUE"]) == ("JUNK", "a@b.example")
    found = await stage.result("crm.duplicate.findbycomm", {"type": "EMAIL", "values": ["A@B.example"]})
    assert found == {"LEAD": [item["id"]]}
    rows = (await stage.result("crm.stagehistory.list", {"entityTypeId": 1}))["items"]
    assert [(row["TYPE_ID"], row["STATUS_ID"]) for row in rows] == [(1, "NEW"), (3, "JUNK")]
    stages = await stage.result("crm.status.list", {"filter": {"ENTITY_ID": "STATUS"}})
    assert [row["STATUS_ID"] for row in stages][-1] == "JUNK"


async def test_items_of_a_smart_process_go_through_its_stages(stage):
    made = await process(stage)
    entity, category = made["entity_type_id"], made["categories"][0]
    assert entity >= 128
    item = (await stage.result("crm.item.add", {"entityTypeId": entity, "fields": {}}))["item"]
    assert (item["title"], item["stageId"]) == ("Contracts #1", f"DT{entity}_{category}:NEW")
    change = {"entityTypeId": entity, "id": 1, "fields": {"stageId": f"DT{entity}_{category}:SUCCESS"}}
    await stage.result("crm.item.update", change)
    ask = {"entityTypeId": entity, "filter": {"%title": "contract", "=categoryId": category}, "start": -1}
    (row,) = (await stage.result("crm.item.list", ask))["items"]
    assert row["previousStageId"] == item["stageId"]
    rows = (await stage.result("crm.stagehistory.list", {"entityTypeId": entity}))["items"]
    assert [row["TYPE_ID"] for row in rows] == [1, 3]
    categories = (await stage.result("crm.category.list", {"entityTypeId": entity}))["categories"]
    assert [(row["id"], row["isDefault"]) for row in categories] == [(category, "Y")]
    rows = {"ownerType": f"T{entity:x}", "ownerId": 1, "productRows": [{"price": 5, "quantity": 2}]}
    await stage.result("crm.item.productrow.set", rows)
    assert (await stage.result("crm.item.get", {"entityTypeId": entity, "id": 1}))["item"][
        "opportunity"
    ] == 10
    comment = {"ENTITY_ID": 1, "ENTITY_TYPE": f"dynamic_{entity}", "COMMENT": "x"}
    assert await stage.result("crm.timeline.comment.add", {"fields": comment})


async def test_types_are_listed_and_tied_to_deals(stage):
    made = await process(stage)
    _, body = await stage.rest("crm.type.list", {"filter": {"%title": "contr"}})
    assert body["total"] == 1
    assert (body["result"]["types"][0]["entityTypeId"], body["result"]["types"][0]["isStagesEnabled"]) == (
        made["entity_type_id"], "Y",
    )  # fmt: skip
    wrong = {"filter": {"nonsense": 1}}
    assert (await stage.error("crm.type.list", wrong))[1] == "INVALID_ARG_VALUE"
    parent = f"parentId{made['entity_type_id']}"
    fields = {"title": "x", parent: 1}
    item = (await stage.result("crm.item.add", {"entityTypeId": 2, "fields": fields}))["item"]
    assert item[parent] == 1
    other = await stage.result("crm.type.add", {"fields": {"title": "Claims"}})
    assert other["type"]["entityTypeId"] != made["entity_type_id"]
    await stage.open(user_id=2)
    assert (await stage.error("crm.type.list"))[1] == "ACCESS_DENIED"


async def test_items_of_a_smart_process_are_told_of_under_their_own_event(stage):
    entity = (await process(stage))["entity_type_id"]
    url = f"{stage.listener.url}/event"
    for name in ("ONCRMDYNAMICITEMADD", f"ONCRMDYNAMICITEMADD_{entity}"):
        await stage.result("event.bind", {"event": name, "handler": url})
    await stage.result("crm.item.add", {"entityTypeId": entity, "fields": {}})
    forms = await stage.listener.wait("/event", 2)
    assert {form["data[FIELDS][ENTITY_TYPE_ID]"] for form in forms} == {str(entity)}
    unknown = {"entityTypeId": 999, "fields": {}}
    assert (await stage.error("crm.item.add", unknown))[1] == "ENTITY_TYPE_NOT_SUPPORTED"


async def test_currencies(stage):
    assert await stage.result("crm.currency.base.get") == "USD"
    assert (await stage.result("crm.currency.get", {"id": "EUR"}))["AMOUNT"] == "1.0800"
    assert (await stage.error("crm.currency.get", {"id": "XXX"}))[0] == 400
