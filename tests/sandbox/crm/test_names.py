"""`useOriginalUfNames` and the trap in it; mandatory fields; what administrators change meanwhile."""

DEAL = {"entityTypeId": 2}
FIELD = "UF_CRM_1721244707107"


async def test_original_names_are_taken_and_printed(stage):
    fields = {"title": "x", FIELD: "77"}
    ask = {**DEAL, "useOriginalUfNames": "Y"}
    item = (await stage.result("crm.item.add", {**ask, "fields": fields}))["item"]
    assert (item[FIELD], "ufCrm_1721244707107" in item) == ("77", False)
    (row,) = (await stage.result("crm.item.list", {**ask, "select": ["*"]}))["items"]
    assert (row["title"], row[FIELD]) == ("x", "77")
    assert FIELD in (await stage.result("crm.item.fields", ask))["fields"]


async def test_original_names_with_a_selection_lose_all_other_fields(stage):
    await stage.deals({"title": "x"})
    ask = {**DEAL, "select": ["id", "title", FIELD], "useOriginalUfNames": "Y", "start": -1}
    assert (await stage.result("crm.item.list", ask))["items"] == [{FIELD: None}]
    await stage.control("PATCH", "portals/north", {"switches": {"original_names_trap": False}})
    assert (await stage.result("crm.item.list", ask))["items"] == [{"id": 1, "title": "x", FIELD: None}]


async def test_a_boolean_is_no_string(stage):
    status, code, text = await stage.error("crm.item.list", {**DEAL, "useOriginalUfNames": True})
    assert (status, code) == (400, "100")
    assert "Should be value of type string" in text


async def test_a_field_that_has_become_mandatory_must_be_filled(stage):
    await stage.control("PATCH", "portals/north/fields/2/title", {"required": True})
    assert await stage.error("crm.item.add", {**DEAL, "fields": {}}) == (
        400, "CRM_FIELD_ERROR_REQUIRED", 'The "Name" field is required',
    )  # fmt: skip
    item = (await stage.result("crm.item.add", {**DEAL, "fields": {"title": "x"}}))["item"]
    change = {**DEAL, "id": item["id"], "fields": {"title": ""}}
    assert (await stage.error("crm.item.update", change))[1] == "CRM_FIELD_ERROR_REQUIRED"
    assert (await stage.error("crm.deal.add", {"fields": {}}))[1:] == ("", 'The "Name" field is required')


async def test_mandatory_custom_fields_are_checked_only_if_the_portal_wants_it(stage):
    await stage.control("PATCH", "portals/north/fields/2/ufCrm_1721244707107", {"required": True})
    assert (await stage.rest("crm.item.add", {**DEAL, "fields": {}}))[0] == 200
    await stage.control("PATCH", "portals/north", {"switches": {"required_custom_fields": True}})
    assert (await stage.error("crm.item.add", {**DEAL, "fields": {}}))[1] == "CRM_FIELD_ERROR_REQUIRED"


async def test_a_removed_field_is_ignored_in_writes_and_refused_in_filters(stage):
    await stage.deals({"ufCrm_1721244707107": "77"})
    await stage.control("DELETE", "portals/north/fields/2/ufCrm_1721244707107")
    fields = {"title": "x", "ufCrm_1721244707107": "78"}
    item = (await stage.result("crm.item.add", {**DEAL, "fields": fields}))["item"]
    assert "ufCrm_1721244707107" not in item
    wrong = {**DEAL, "filter": {"ufCrm_1721244707107": "77"}}
    assert (await stage.error("crm.item.list", wrong))[1] == "INVALID_ARG_VALUE"
    assert "ufCrm_1721244707107" not in (await stage.result("crm.item.fields", DEAL))["fields"]


async def test_a_renamed_stage_keeps_its_code(stage):
    await stage.control("PATCH", "portals/north/stages", {"stage": "EXECUTING", "name": "Working on it"})
    rows = await stage.result("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}})
    assert {row["STATUS_ID"]: row["NAME"] for row in rows}["EXECUTING"] == "Working on it"
