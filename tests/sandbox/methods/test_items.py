"""The `crm.item` family: strict filters, silent replacements, quiet updates."""

import pytest

DEAL = {"entityTypeId": 2}


async def add(stage, **fields):
    return (await stage.result("crm.item.add", {**DEAL, "fields": fields}))["item"]


async def listed(stage, **params):
    return (await stage.result("crm.item.list", {**DEAL, **params}))["items"]


async def test_values_have_the_types_of_this_family(stage):
    item = await add(
        stage,
        title="x",
        opportunity="999.99",
        opened=True,
        begindate="2026-05-14",
        ufCrm_1721244707309="14.05.2026",
        ufCrm_1721244707410="46",
        ufCrm_1721244707511="True",
        UF_CRM_1721244707107="77/26",
        unknown="ignored",
        createdTime="2001-01-01",
    )
    assert item["opportunity"] == 999.99
    assert (item["opened"], item["closed"], item["ufCrm_1721244707511"]) == ("Y", "N", "N")
    assert item["begindate"] == "2026-05-14T00:00:00+03:00"
    assert item["ufCrm_1721244707309"] == "2026-05-14T00:00:00+03:00"
    assert (item["ufCrm_1721244707410"], item["ufCrm_1721244707107"]) == (46, "77/26")
    assert "unknown" not in item
    assert not item["createdTime"].startswith("2001")
    assert item["entityTypeId"] == 2


async def test_a_wrong_stage_is_replaced_on_creation_and_reverted_on_change(stage):
    item = await add(stage, title="x", categoryId=1, stageId="WON")
    assert (item["stageId"], item["stageSemanticId"], item["closed"]) == ("C1:WON", "S", "Y")
    item = await add(stage, title="x", stageId="C1:EXECUTING")
    assert (item["categoryId"], item["stageId"]) == (0, "NEW")
    change = {**DEAL, "id": item["id"], "fields": {"stageId": "C1:WON"}}
    assert (await stage.result("crm.item.update", change))["item"]["stageId"] == "NEW"


async def test_what_does_not_exist_is_refused(stage):
    wrong = {**DEAL, "fields": {"categoryId": 77}}
    assert (await stage.error("crm.item.add", wrong))[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    wrong = {**DEAL, "fields": {"currencyId": "XXX"}}
    assert (await stage.error("crm.item.add", wrong))[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert (await stage.error("crm.item.get", {**DEAL, "id": 1}))[:2] == (400, "NOT_FOUND")
    assert (await stage.error("crm.item.get", {**DEAL, "id": [1]}))[:2] == (400, "100")
    assert (await stage.error("crm.item.get", {"id": 1}))[1] == "100"


async def test_nothing_is_unique_and_everything_is_found_by_origin(stage):
    for origin in ("7", "7", "8"):
        await add(stage, originatorId="bridge", originId=origin)
    found = await listed(
        stage,
        filter={"=originatorId": "bridge", "@originId": ["7", "9"]},
        select=["id", "originId"],
        start=-1,
    )
    assert found == [{"id": 1, "originId": "7"}, {"id": 2, "originId": "7"}]
    change = {**DEAL, "id": 1, "fields": {"originId": "9"}}
    await stage.result("crm.item.update", change)
    assert [row["id"] for row in await listed(stage, filter={"originId": "7"})] == [2]
    assert [row["id"] for row in await listed(stage, filter={"=originId": "9"})] == [1]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"@id": [1, 3, 99]}, [1, 3]),
        ({">id": 1}, [2, 3]),
        ({">=opportunity": 200}, [2, 3]),
        ({"!opportunity": 200}, [1, 3]),
        ({"><opportunity": [150, 250]}, [2]),
        ({"%title": "EAL 2"}, [2]),
        ({"title": ["Deal 1", "Deal 3"]}, [1, 3]),
        ({"0": {"logic": "OR", "0": {"=title": "Deal 1"}, "1": {"=title": "Deal 2"}}}, [1, 2]),
        ({"=stageId": "NEW", "stageSemanticId": "P"}, [1, 2, 3]),
        ({"contactIds": [5]}, []),
    ],
)
async def test_filters(stage, given, ids):
    await stage.deals(*({"title": f"Deal {n}", "opportunity": n * 100} for n in (1, 2, 3)))
    assert [row["id"] for row in await listed(stage, filter=given, start=-1)] == ids


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"foo": 1}, "foo"),
        ({"=ufCrm_INN2": "7"}, "UF_CRM_I_NN_2"),
        ({"@contactIds": [1]}, "contactIds"),
    ],
)
async def test_fields_that_are_not_allowed_in_filters(stage, given, name):
    assert await stage.error("crm.item.list", {**DEAL, "filter": given}) == (
        400, "INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter",
    )  # fmt: skip


async def test_custom_fields_are_found_under_both_names(stage):
    await add(stage, ufCrm_INN2="77")
    assert len(await listed(stage, filter={"ufCrm_INN2": "77"})) == 1
    assert len(await listed(stage, filter={"=UF_CRM_INN2": "77"}, useOriginalUfNames="Y")) == 1


async def test_custom_yes_or_no_is_filtered_by_1_and_0(stage):
    yes, no = await add(stage, ufCrm_1721244707511="Y"), await add(stage, ufCrm_1721244707511="N")
    for value, found in (("1", yes), ("0", no), ("Y", no)):
        rows = await listed(stage, filter={"ufCrm_1721244707511": value})
        assert [row["id"] for row in rows] == [found["id"]]


async def test_pages_have_50_rows_and_counts_only_when_asked(stage):
    await stage.deals(*({"title": str(n)} for n in range(120)))
    _, first = await stage.rest("crm.item.list", {**DEAL, "select": ["id", "nonsense"]})
    assert (len(first["result"]["items"]), first["total"], first["next"]) == (50, 120, 50)
    assert set(first["result"]["items"][0]) == {"id"}
    _, last = await stage.rest("crm.item.list", {**DEAL, "start": 100})
    assert (len(last["result"]["items"]), "next" in last) == (20, False)
    _, quick = await stage.rest("crm.item.list", {**DEAL, "start": -1, "order": {"id": "DESC"}})
    assert quick["result"]["items"][0]["id"] == 120
    assert not {"total", "next"} & set(quick)
    assert (await stage.error("crm.item.list", {**DEAL, "order": {"id": "UP"}}))[1] == "INVALID_ARG_VALUE"


async def test_an_equal_update_changes_nothing(stage):
    item = await add(stage, title="x")
    await stage.control("POST", "clock", {"advance": 10})
    same = {**DEAL, "id": item["id"], "fields": {"title": "x", "opportunity": "0"}}
    assert (await stage.result("crm.item.update", same))["item"]["updatedTime"] == item["updatedTime"]


async def test_stage_history_remembers_every_step(stage):
    item = await add(stage, title="x")
    for fields in ({"stageId": "EXECUTING"}, {"stageId": "WON"}, {"categoryId": 1}):
        await stage.result("crm.item.update", {**DEAL, "id": item["id"], "fields": fields})
    ask = {**DEAL, "filter": {">ID": 0}, "order": {"ID": "ASC"}, "start": -1}
    rows = (await stage.result("crm.stagehistory.list", ask))["items"]
    assert [(r["TYPE_ID"], r["STAGE_ID"], r["STAGE_SEMANTIC_ID"]) for r in rows] == [
        (1, "NEW", "P"), (2, "EXECUTING", "P"), (3, "WON", "S"), (5, "C1:WON", "S"),
    ]  # fmt: skip
    ask["filter"] = {">ID": rows[1]["ID"], "@CATEGORY_ID": [1]}
    assert len((await stage.result("crm.stagehistory.list", ask))["items"]) == 1


async def test_phones_are_appended_changed_and_removed(stage):
    contact = {"entityTypeId": 3}
    fm = {"n0": {"typeId": "PHONE", "valueType": "WORK", "value": "+7 495 000-00-01"}}
    item = (await stage.result("crm.item.add", {**contact, "fields": {"name": "Ann", "fm": fm}}))["item"]
    phone = item["fm"][0]["id"]
    again = {**contact, "id": item["id"], "fields": {"fm": fm}}
    assert len((await stage.result("crm.item.update", again))["item"]["fm"]) == 2
    removed = {**contact, "id": item["id"], "fields": {"fm": {str(phone): {"value": ""}}}}
    assert [row["id"] != phone for row in (await stage.result("crm.item.update", removed))["item"]["fm"]] == [
        True
    ]
    ask = {"type": "PHONE", "values": ["74950000001"], "entity_type": "CONTACT"}
    assert await stage.result("crm.duplicate.findbycomm", ask) == {"CONTACT": [item["id"]]}
    assert await stage.result("crm.duplicate.findbycomm", {**ask, "values": ["1"]}) == []


async def test_fields_name_both_spellings_and_options(stage):
    fields = (await stage.result("crm.item.fields", DEAL))["fields"]
    assert fields["ufCrm_INN2"]["upperName"] == "UF_CRM_INN2"
    assert fields["stageId"]["statusType"] == "DEAL_STAGE"
    assert [option["VALUE"] for option in fields["ufCrm_1721244707410"]["items"]] == ["Low", "Medium", "High"]


async def test_deletion_answers_an_empty_array(stage):
    item = await add(stage, title="x")
    assert await stage.result("crm.item.delete", {**DEAL, "id": item["id"]}) == []
    assert (await stage.error("crm.item.get", {**DEAL, "id": item["id"]}))[1] == "NOT_FOUND"
