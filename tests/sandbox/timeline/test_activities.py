"""Activities of the older kinds and to-dos."""

import pytest

CALL = {
    "OWNER_TYPE_ID": 2,
    "OWNER_ID": 1,
    "TYPE_ID": 2,
    "SUBJECT": "Call Ann",
    "RESPONSIBLE_ID": 1,
    "START_TIME": "2030-01-01T10:00:00+03:00",
    "COMMUNICATIONS": [{"VALUE": "+15550100", "ENTITY_ID": 1, "ENTITY_TYPE_ID": 3}],
    "ORIGIN_ID": "src-7",
}


async def test_activities_are_strings_and_show_communications_only_when_asked(stage):
    await stage.deals({"title": "x"})
    number = await stage.result("crm.activity.add", {"fields": CALL})
    (row,) = await stage.result("crm.activity.list", {"filter": {"OWNER_TYPE_ID": 2, "@OWNER_ID": [1, 2]}})
    assert (row["ID"], row["OWNER_ID"], row["COMPLETED"]) == (str(number), "1", "N")
    assert (row["DEADLINE"], row["ORIGIN_ID"]) == ("2030-01-01T10:00:00+03:00", "src-7")
    assert "COMMUNICATIONS" not in row
    (row,) = await stage.result("crm.activity.list", {"select": ["ID", "COMMUNICATIONS"]})
    assert row["COMMUNICATIONS"][0]["VALUE"] == "+15550100"
    await stage.result("crm.activity.update", {"id": number, "fields": {"COMPLETED": "Y"}})
    found = await stage.result("crm.activity.get", {"id": number})
    assert (found["COMPLETED"], found["STATUS"]) == ("Y", "2")
    assert await stage.result("crm.activity.delete", {"id": number}) is True
    assert await stage.error("crm.activity.get", {"id": number}) == (400, "", "Not found")


async def test_bindings_in_a_filter_are_alternatives(stage):
    await stage.deals({"title": "a"}, {"title": "b"}, {"title": "c"})
    for number in (1, 2, 3):
        await stage.result("crm.activity.add", {"fields": {**CALL, "OWNER_ID": number}})
    bindings = [{"OWNER_TYPE_ID": 2, "OWNER_ID": 1}, {"OWNER_TYPE_ID": 2, "OWNER_ID": 3}]
    _, body = await stage.rest(
        "crm.activity.list", {"filter": {"BINDINGS": bindings}, "select": ["OWNER_ID"]}
    )
    assert ([row["OWNER_ID"] for row in body["result"]], body["total"]) == (["1", "3"], 2)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"TYPE_ID": None}, "The field TYPE_ID is not defined or invalid."),
        ({"SUBJECT": ""}, "The field SUBJECT is not defined or empty."),
        ({"COMMUNICATIONS": []}, "The field COMMUNICATIONS is not defined or invalid."),
        ({"TYPE_ID": 6}, "The custom activity without provider is not supported in current context."),
    ],
)
async def test_what_an_activity_must_have(stage, change, text):
    await stage.deals({"title": "x"})
    assert await stage.error("crm.activity.add", {"fields": {**CALL, **change}}) == (400, "", text)


async def test_todos_have_a_deadline_and_an_owner(stage):
    await stage.deals({"title": "x"})
    ask = {"ownerTypeId": 2, "ownerId": 1, "deadline": "2030-01-01T10:00:00+03:00", "title": "Check"}
    number = (await stage.result("crm.activity.todo.add", ask))["id"]
    row = await stage.result("crm.activity.get", {"id": number})
    assert (row["PROVIDER_ID"], row["SUBJECT"], row["RESPONSIBLE_ID"]) == ("CRM_TODO", "Check", "1")
    wrong = {**ask, "deadline": "soon"}
    assert (await stage.error("crm.activity.todo.add", wrong))[1] == "WRONG_DATETIME_FORMAT"
    assert (await stage.error("crm.activity.todo.add", {**ask, "ownerId": 9}))[1] == "OWNER_NOT_FOUND"
    del ask["deadline"]
    assert (await stage.error("crm.activity.todo.add", ask))[1] == "100"
