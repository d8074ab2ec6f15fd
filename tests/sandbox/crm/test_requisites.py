"""Requisites with bank details and addresses."""

import pytest


async def company(stage):
    return await stage.result("crm.company.add", {"fields": {"TITLE": "ACME"}})


async def requisite(stage, owner, **more):
    fields = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": owner, "PRESET_ID": 1, "NAME": "Main", **more}
    return await stage.result("crm.requisite.add", {"fields": fields})


async def test_requisites_are_found_by_owner_tax_number_and_external_key(stage):
    one, two = await company(stage), await company(stage)
    number = await requisite(stage, one, RQ_INN="7707083893", XML_ID="src-27")
    await requisite(stage, two, RQ_INN="5000000000")
    ask = {"filter": {"ENTITY_TYPE_ID": "4", "@ENTITY_ID": [one, two]}, "select": ["ID", "ENTITY_ID"]}
    _, body = await stage.rest("crm.requisite.list", {**ask, "start": -1})
    assert body["result"] == [{"ID": "1", "ENTITY_ID": "1"}, {"ID": "2", "ENTITY_ID": "2"}]
    assert body["total"] == 2
    ask = {"filter": {"RQ_INN": "7707083893", "ENTITY_TYPE_ID": 4}}
    (row,) = await stage.result("crm.requisite.list", ask)
    assert (row["ID"], row["XML_ID"], row["PRESET_ID"]) == (str(number), "src-27", "1")
    found = await stage.result("crm.requisite.list", {"filter": {"XML_ID": "src-27", "ENTITY_ID": one}})
    assert [row["ID"] for row in found] == [str(number)]
    await stage.result("crm.requisite.update", {"id": number, "fields": {"RQ_KPP": "770501001"}})
    assert (await stage.result("crm.requisite.get", {"id": number}))["RQ_KPP"] == "770501001"


async def test_an_equal_requisite_is_simply_a_second_one(stage):
    owner = await company(stage)
    assert await requisite(stage, owner, XML_ID="a") != await requisite(stage, owner, XML_ID="a")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ENTITY_TYPE_ID": 2}, "ENTITY_TYPE_ID is not defined or invalid."),
        ({"ENTITY_ID": 0}, "ENTITY_ID is not defined or invalid."),
        ({"PRESET_ID": 77}, "PRESET_ID is not defined or invalid."),
        ({"ENTITY_ID": 99}, "Entity not found."),
    ],
)
async def test_what_a_requisite_must_have(stage, change, text):
    fields = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": await company(stage), "PRESET_ID": 1, **change}
    assert await stage.error("crm.requisite.add", {"fields": fields}) == (400, "", text)


async def test_templates_are_mapped_by_country_and_name(stage):
    ask = {"filter": {"COUNTRY_ID": "122"}, "select": ["ID", "NAME"]}
    rows = await stage.result("crm.requisite.preset.list", ask)
    assert rows[0] == {"ID": "1", "NAME": "Organization"}
    assert await stage.result("crm.requisite.preset.list", {"filter": {"COUNTRY_ID": "1"}}) == []


async def test_bank_details_and_addresses_hang_on_requisites_and_go_with_them(stage):
    number = await requisite(stage, await company(stage))
    bank = {"ENTITY_ID": number, "COUNTRY_ID": 1, "NAME": "Bank", "RQ_BIK": "044525225"}
    await stage.result("crm.requisite.bankdetail.add", {"fields": bank})
    (row,) = await stage.result("crm.requisite.bankdetail.list", {"filter": {"@ENTITY_ID": [number]}})
    assert (row["RQ_BIK"], row["ENTITY_TYPE_ID"]) == ("044525225", "8")
    wrong = {"fields": {**bank, "ENTITY_ID": 99}}
    assert (await stage.error("crm.requisite.bankdetail.add", wrong))[1] == ""
    address = {"TYPE_ID": 1, "ENTITY_TYPE_ID": 8, "ENTITY_ID": number, "CITY": "Riga"}
    assert await stage.result("crm.address.add", {"fields": address}) is True
    await stage.result("crm.address.update", {"fields": {**address, "CITY": "Oslo"}})
    (row,) = await stage.result("crm.address.list", {"filter": {"ENTITY_TYPE_ID": 8, "ENTITY_ID": number}})
    assert (row["CITY"], row["ANCHOR_TYPE_ID"], row["ANCHOR_ID"]) == ("Oslo", "4", "1")
    assert (await stage.rest("crm.address.add", {"fields": {**address, "ENTITY_TYPE_ID": 4}}))[0] == 400
    await stage.result("crm.requisite.delete", {"id": number})
    assert await stage.result("crm.requisite.bankdetail.list") == []
    assert await stage.result("crm.address.list") == []
