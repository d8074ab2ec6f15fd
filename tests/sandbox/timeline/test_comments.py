"""Comments and log entries: read, changed, removed, bound to other records."""


async def comment(stage, number, text="hello", kind="deal"):
    fields = {"ENTITY_ID": number, "ENTITY_TYPE": kind, "COMMENT": text}
    return await stage.result("crm.timeline.comment.add", {"fields": fields})


async def test_comments_are_read_changed_and_removed(stage):
    (deal,) = await stage.deals({"title": "x"})
    number = await comment(stage, deal)
    found = await stage.result("crm.timeline.comment.get", {"id": number})
    assert (found["ID"], found["ENTITY_TYPE"], found["COMMENT"]) == (str(number), "deal", "hello")
    assert "FILES" not in found
    change = {"id": number, "fields": {"COMMENT": "changed"}}
    assert await stage.result("crm.timeline.comment.update", change) is True
    assert (await stage.result("crm.timeline.comment.get", {"id": number}))["COMMENT"] == "changed"
    assert await stage.result("crm.timeline.comment.delete", {"id": number}) is True
    assert await stage.error("crm.timeline.comment.get", {"id": number}) == (400, "", "Not found.")


async def test_only_lower_case_fields_are_understood(stage):
    (deal,) = await stage.deals({"title": "x"})
    fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": "hello"}
    assert (await stage.rest("crm.timeline.comment.add", {"FIELDS": fields}))[0] == 400


async def test_an_entry_can_stand_on_several_records(stage):
    one, two = await stage.deals({"title": "a"}, {"title": "b"})
    number = await comment(stage, one)
    place = {"fields": {"OWNER_ID": number, "ENTITY_ID": two, "ENTITY_TYPE": "deal"}}
    assert await stage.result("crm.timeline.bindings.bind", place) is True
    assert await stage.result("crm.timeline.bindings.bind", place) is False
    ask = {"filter": {"ENTITY_ID": two, "ENTITY_TYPE": "deal"}}
    assert len(await stage.result("crm.timeline.comment.list", ask)) == 1
    bound = await stage.result("crm.timeline.bindings.list", {"filter": {"OWNER_ID": number}})
    assert [row["ENTITY_ID"] for row in bound] == [str(one), str(two)]
    assert await stage.result("crm.timeline.bindings.unbind", place) is True
    assert await stage.result("crm.timeline.comment.list", ask) == []


async def test_log_entries_come_in_pages_of_ten_newest_first(stage):
    (deal,) = await stage.deals({"title": "x"})
    entry = {"entityTypeId": 2, "entityId": deal, "title": "Sent", "iconCode": "info"}
    for text in range(12):
        await stage.result("crm.timeline.logmessage.add", {"fields": {**entry, "text": f"entry {text}"}})
    _, body = await stage.rest("crm.timeline.logmessage.list", {"entityTypeId": 2, "entityId": deal})
    assert [row["text"] for row in body["result"]][:2] == ["entry 11", "entry 10"]
    assert (len(body["result"]), body["next"], body["total"]) == (10, 10, 12)
    ask = {"entityTypeId": 2, "entityId": deal, "start": 10, "order": {"id": "asc"}}
    assert [row["text"] for row in await stage.result("crm.timeline.logmessage.list", ask)] == [
        "entry 10", "entry 11",
    ]  # fmt: skip


async def test_log_entries_are_removed_by_an_administrator_through_their_application(stage):
    (deal,) = await stage.deals({"title": "x"})
    entry = {"entityTypeId": 2, "entityId": deal, "title": "Sent", "text": "to hub"}
    number = (await stage.result("crm.timeline.logmessage.add", {"fields": entry}))["logMessage"]["id"]
    administrator = stage.token
    await stage.open(user_id=2)
    assert (await stage.error("crm.timeline.logmessage.delete", {"id": number}))[1] == "ACCESS_DENIED"
    assert (await stage.rest("crm.timeline.logmessage.delete", {"id": number}, administrator))[0] == 200
    assert (await stage.error("crm.timeline.logmessage.get", {"id": number}))[1] == "NOT_FOUND"
