"""What the CRM tells of: changes of pipelines, timelines and custom fields."""


async def listen(stage, *names):
    for name in names:
        await stage.result("event.bind", {"event": name, "handler": f"{stage.listener.url}/event"})


async def test_a_change_of_pipeline_has_an_event_of_its_own_and_perhaps_the_ordinary_one(stage):
    await listen(stage, "ONCRMDEALMOVETOCATEGORY", "ONCRMDEALUPDATE")
    await stage.deals({"title": "x"})
    change = {"entityTypeId": 2, "id": 1, "fields": {"categoryId": 1}}
    await stage.result("crm.item.update", change)
    forms = {form["event"]: form for form in await stage.listener.wait("/event", 2)}
    assert set(forms) == {"ONCRMDEALMOVETOCATEGORY", "ONCRMDEALUPDATE"}
    moved = forms["ONCRMDEALMOVETOCATEGORY"]
    assert (moved["data[FIELDS][CATEGORY_ID]"], moved["data[FIELDS][STAGE_ID]"]) == ("1", "C1:NEW")
    await stage.control("PATCH", "portals/north", {"switches": {"category_change_updates": False}})
    await stage.result("crm.item.update", {**change, "fields": {"categoryId": 0}})
    third = (await stage.listener.wait("/event", 3))[2]
    assert third["event"] == "ONCRMDEALMOVETOCATEGORY"


async def test_rows_update_their_deal_and_fields_tell_of_themselves(stage):
    await stage.deals({"title": "x"})
    names = ("ONCRMDEALUPDATE", "ONCRMDEALUSERFIELDADD", "ONCRMTIMELINECOMMENTADD", "ONCRMACTIVITYADD")
    await listen(stage, *names)
    rows = {"ownerType": "D", "ownerId": 1, "productRows": [{"price": 5}]}
    await stage.result("crm.item.productrow.set", rows)
    field = {"FIELD_NAME": "A", "USER_TYPE_ID": "string"}
    await stage.result("crm.deal.userfield.add", {"fields": field})
    comment = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x"}
    await stage.result("crm.timeline.comment.add", {"fields": comment})
    todo = {"ownerTypeId": 2, "ownerId": 1, "deadline": "2030-01-01"}
    await stage.result("crm.activity.todo.add", todo)
    forms = {form["event"]: form for form in await stage.listener.wait("/event", 4)}
    assert set(forms) == set(names)
    assert forms["ONCRMDEALUSERFIELDADD"]["data[FIELDS][FIELD_NAME]"] == "UF_CRM_A"


async def test_log_entries_and_links_tell_nobody(stage):
    await stage.deals({"title": "x"})
    await listen(stage, "ONCRMDEALUPDATE", "ONCRMTIMELINECOMMENTADD")
    entry = {"entityTypeId": 2, "entityId": 1, "title": "Sent", "text": "to hub"}
    await stage.result("crm.timeline.logmessage.add", {"fields": entry})
    await stage.result("crm.deal.contact.items.set", {"id": 1, "items": []})
    found = await stage.control("GET", "calls")
    assert (found["calls"], found["pending"]) == ([], 0)
