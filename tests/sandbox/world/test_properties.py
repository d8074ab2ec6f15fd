"""Typed values in robot calls: users, dates in the portal's culture, money, files, one and many."""

import pytest

from sandbox.crm.fields import DEAL, custom_field

TYPES = {
    "who": ("user", "N"),
    "people": ("user", "Y"),
    "day": ("date", "N"),
    "at": ("datetime", "N"),
    "price": ("double", "N"),
    "file": ("file", "N"),
    "files": ("file", "Y"),
    "yes": ("bool", "N"),
    "choice": ("select", "N"),
    "choices": ("select", "Y"),
    "text": ("string", "N"),
    "many": ("string", "Y"),
}


async def call(stage, values, **deal):
    """What a robot with these values is called with, without the `properties[…]` around the names."""
    properties = {
        name: {"Name": name, "Type": kind, "Multiple": many} for name, (kind, many) in TYPES.items()
    }
    robot = {"CODE": "r", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot", "PROPERTIES": properties}
    await stage.result("bizproc.robot.add", robot)
    body = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "r", "properties": values}
    await stage.control("POST", "portals/north/automation", body)
    await stage.deals({"title": "Deal", **deal})
    (form,) = await stage.listener.wait("/robot")
    start = "properties["
    return {
        key.removeprefix(start).replace("]", "", 1): v for key, v in form.items() if key.startswith(start)
    }


async def test_users_travel_by_their_codes(stage):
    sent = await call(
        stage, {"who": "{=Document:ASSIGNED_BY_ID}", "people": [1, "user_2", "group_hr3"]}, assignedById=2
    )
    assert sent["who"] == "user_2"
    assert [sent[f"people[{n}]"] for n in range(3)] == ["user_1", "user_2", "group_hr3"]


@pytest.mark.parametrize(
    ("language", "day", "at"),
    [("ru", "21.08.2026", "21.08.2026 15:30:00"), ("en", "08/21/2026", "08/21/2026 03:30:00 pm")],
)
async def test_dates_travel_in_the_culture_of_the_portal(stage, language, day, at):
    stage.server.world.portals["north"].language = language
    values = {
        "day": "{=Document:CLOSEDATE}",
        "at": "2026-08-21T15:30:00+03:00",
        "text": "by {=Document:CLOSEDATE}",
    }
    sent = await call(stage, values, closedate="2026-08-21T00:00:00+03:00")
    assert (sent["day"], sent["at"], sent["text"]) == (day, at, f"by {day}")


async def test_money_and_files_travel_in_the_portals_inner_form(stage):
    portal = stage.server.world.portals["north"]
    for field in (
        custom_field("UF_CRM_PRICE", "money", "Price"),
        custom_field("UF_CRM_SCANS", "file", "Scans", multiple=True),
    ):
        portal.fields[DEAL][field.name] = field
    (number,) = await stage.deals({"title": "x"})
    deal = portal.records[DEAL].get(number)
    deal["ufCrmPrice"], deal["ufCrmScans"] = "100|RUB", [8812, 8813]
    portal.records[DEAL].get(number)["stageId"] = "PREPARATION"
    values = {"price": "{=Document:UF_CRM_PRICE}", "files": "{=Document:UF_CRM_SCANS}", "file": 77}
    await call(stage, values)
    stage.listener.calls.clear()
    await stage.control("POST", "portals/north/deals/move", {"ids": [number], "stage": "NEW"})
    (form,) = await stage.listener.wait("/robot")
    assert (form["properties[price]"], form["properties[file]"]) == ("100|RUB", "77")
    assert (form["properties[files][0]"], form["properties[files][1]"]) == ("8812", "8813")


async def test_one_and_many(stage):
    values = {"many": "alone", "choices": ["a"], "choice": "b", "yes": True, "text": ["a", "b"], "people": []}
    sent = await call(stage, values)
    assert (sent["many[0]"], sent["choices[0]"], sent["choice"], sent["yes"]) == ("alone", "a", "b", "Y")
    assert (sent["text[0]"], sent["text[1]"]) == ("a", "b")
    assert not any(name.startswith("people") for name in sent)
    assert (sent["who"], sent["day"], sent["files"]) == ("", "", "")


async def test_an_expression_that_yields_several_makes_a_list_of_a_single_property(stage):
    portal = stage.server.world.portals["north"]
    await stage.control("POST", "portals/north/records/3", {"items": [{"name": "A"}, {"name": "B"}]})
    field = custom_field("UF_CRM_TAGS", "string", "Tags", multiple=True)
    portal.fields[DEAL][field.name] = field
    sent = await call(stage, {"text": "{=Document:UF_CRM_TAGS}"}, ufCrmTags=["x", "y"])
    assert (sent["text[0]"], sent["text[1]"]) == ("x", "y")


async def test_names_of_built_in_settings_are_ignored(stage):
    properties = {"Title": {"Name": "Title"}, "own": {"Name": "Own"}}
    robot = {"CODE": "t", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot", "PROPERTIES": properties}
    await stage.result("bizproc.robot.add", robot)
    body = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "t"}
    await stage.control("POST", "portals/north/automation", body)
    await stage.deals({"title": "x"})
    (form,) = await stage.listener.wait("/robot")
    assert [key for key in form if key.startswith("properties")] == ["properties[own]"]
