"""`crm.deal.userfield.*`."""

import pytest

ADD = "crm.deal.userfield.add"


async def test_a_field_is_made_used_changed_and_removed(stage):
    fields = {
        "FIELD_NAME": "CHANNEL",
        "USER_TYPE_ID": "enumeration",
        "LABEL": "Channel",
        "SORT": 50,
        "LIST": [{"VALUE": "Phone"}, {"VALUE": "Web"}],
    }
    number = await stage.result(ADD, {"fields": fields})
    known = (await stage.result("crm.item.fields", {"entityTypeId": 2}))["fields"]["ufCrmChannel"]
    assert (known["upperName"], known["title"], known["type"]) == ("UF_CRM_CHANNEL", "Channel", "enumeration")
    web = known["items"][1]["ID"]
    new = {"entityTypeId": 2, "fields": {"ufCrmChannel": web}}
    assert (await stage.result("crm.item.add", new))["item"]["ufCrmChannel"] == int(web)
    ask = {"filter": {"FIELD_NAME": "UF_CRM_CHANNEL"}}
    (row,) = await stage.result("crm.deal.userfield.list", ask)
    assert (row["ID"], row["ENTITY_ID"], row["MULTIPLE"]) == (str(number), "CRM_DEAL", "N")
    assert [option["VALUE"] for option in row["LIST"]] == ["Phone", "Web"]
    change = {"LABEL": "Way", "LIST": [{"ID": web, "VALUE": "Internet"}, {"VALUE": "Fax"}]}
    await stage.result("crm.deal.userfield.update", {"id": number, "fields": change})
    found = await stage.result("crm.deal.userfield.get", {"id": number})
    assert [option["VALUE"] for option in found["LIST"]] == ["Phone", "Internet", "Fax"]
    assert found["EDIT_FORM_LABEL"] == {"en": "Way"}
    assert await stage.result("crm.deal.userfield.delete", {"id": number}) is True
    assert "ufCrmChannel" not in (await stage.result("crm.item.fields", {"entityTypeId": 2}))["fields"]


async def test_labels_come_only_with_a_language(stage):
    plain = await stage.result("crm.deal.userfield.list", {"order": {"ID": "ASC"}})
    assert "EDIT_FORM_LABEL" not in plain[0]
    labelled = await stage.result("crm.deal.userfield.list", {"filter": {"LANG": "en"}})
    assert labelled[0]["EDIT_FORM_LABEL"] == "Contract number"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"USER_TYPE_ID": "string"}, "The 'FIELD_NAME' field is not found."),
        ({"FIELD_NAME": "A"}, "The 'USER_TYPE_ID' field is not found."),
        ({"FIELD_NAME": "A", "USER_TYPE_ID": "nonsense"}, "Invalid custom type specified."),
        (
            {"FIELD_NAME": "A" * 60, "USER_TYPE_ID": "string"},
            "Field name is too long (more than 50 characters).",
        ),
        (
            {"FIELD_NAME": "A-B", "USER_TYPE_ID": "string"},
            "Field name contains invalid characters. Allowed characters are: A-Z, 0-9, and _.",
        ),
    ],
)
async def test_definitions_that_are_refused(stage, fields, text):
    assert await stage.error(ADD, {"fields": fields}) == (400, "", text)


async def test_others_than_administrators_may_not(stage):
    await stage.open(user_id=2)
    assert await stage.error("crm.deal.userfield.list") == (400, "", "Access denied.")
