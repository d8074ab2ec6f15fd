"""Activities that an application describes, and what a click on them tells it."""

from copy import deepcopy
from typing import Any

import pytest

LAYOUT: dict[str, Any] = {
    "icon": {"code": "call-completed"},
    "header": {"title": "Delivery", "tags": {"state": {"type": "warning", "title": "failed"}}},
    "body": {
        "logo": {"code": "call-incoming"},
        "blocks": {"text": {"type": "text", "properties": {"value": "Not delivered yet"}}},
    },
    "footer": {
        "buttons": {
            "retry": {
                "title": "Try again",
                "type": "primary",
                "action": {
                    "type": "restEvent",
                    "id": "retry",
                    "actionParams": {"delivery": "77"},
                    "animationType": "disable",
                },
            },
            "open": {
                "title": "Open",
                "type": "secondary",
                "action": {"type": "openRestApp", "actionParams": {"delivery": "77"}},
            },
        },
        "menu": {
            "items": {
                "card": {"title": "Card", "action": {"type": "redirect", "uri": "/crm/deal/details/1/"}}
            }
        },
    },
}


async def add(stage, layout=LAYOUT, **fields):
    await stage.deals({"title": "x"})
    ask = {"ownerTypeId": 2, "ownerId": 1, "fields": fields, "layout": layout}
    return (await stage.result("crm.activity.configurable.add", ask))["activity"]["id"]


def changed(path, value):
    layout = deepcopy(LAYOUT)
    *way, last = path.split(".")
    part = layout
    for name in way:
        part = part[name]
    part[last] = value
    return layout


async def press(stage, number, part, status=200, user_id=2):
    path = f"portals/north/activities/{number}/press"
    url = f"https://control.b24.localhost:{stage.server.world.port}/_sandbox/{path}"
    body = {"part": part, "user_id": user_id}
    async with stage.session.post(url, json=body) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_what_was_described_is_read_back(stage):
    deadline = "2030-01-02T03:04:05+03:00"
    number = await add(stage, deadline=deadline, responsibleId=2, originId="77", completed=False)
    found = (await stage.result("crm.activity.configurable.get", {"id": number}))["activity"]
    assert (found["id"], found["ownerTypeId"], found["ownerId"]) == (number, 2, 1)
    assert found["layout"] == LAYOUT
    fields = found["fields"]
    assert (fields["deadline"], fields["responsibleId"], fields["originId"]) == (deadline, 2, "77")
    assert (fields["typeId"], fields["completed"]) == ("CONFIGURABLE", False)
    ask = {"filter": {"PROVIDER_ID": "CONFIGURABLE_REST_APP"}, "select": ["ID", "SUBJECT"]}
    assert await stage.result("crm.activity.list", ask) == [{"ID": str(number), "SUBJECT": "Delivery"}]


async def test_a_button_tells_its_application_and_waits_for_an_update(stage):
    url = f"{stage.listener.url}/event"
    await stage.result("event.bind", {"event": "onCrmTimelineItemAction", "handler": url})
    number = await add(stage)
    pressed = await press(stage, number, "retry")
    assert pressed["locked"] == "footer.buttons.retry"
    (form,) = await stage.listener.wait("/event")
    assert form["event"] == "ONCRMTIMELINEITEMACTION"
    data = {name: value for name, value in form.items() if name.startswith("data[")}
    assert data == {
        "data[delivery]": "77",
        "data[id]": "retry",
        "data[entityTypeId]": "2",
        "data[entityId]": "1",
        "data[activityId]": str(number),
        "data[userId]": "2",
    }
    assert form["auth[application_token]"]
    assert form["auth[user_id]"] == "2"
    await press(stage, number, "footer.buttons.retry", status=409)
    done = {"id": number, "fields": {"completed": "Y"}, "layout": changed("header.title", "Delivered")}
    assert (await stage.result("crm.activity.configurable.update", done))["activity"] == {"id": number}
    await press(stage, number, "retry")
    assert (await stage.result("crm.activity.get", {"id": number}))["COMPLETED"] == "Y"


async def test_only_the_application_that_made_the_activity_hears_of_clicks_and_may_change_it(stage):
    number = await add(stage)
    url = stage.listener.url
    await stage.add_app(kind="market", handler_url=f"{url}/other")
    await stage.app("install")
    await stage.open()
    handler = {"event": "ONCRMTIMELINEITEMACTION", "handler": f"{url}/stranger"}
    assert await stage.result("event.bind", handler) is True
    await press(stage, number, "retry")
    status, code, _ = await stage.error("crm.activity.configurable.update", {"id": number, "fields": {}})
    assert (status, code) == (400, "ERROR_WRONG_APPLICATION")
    assert (await stage.control("GET", "calls"))["pending"] == 0
    assert stage.listener.at("/stranger") == []


async def test_other_clicks_open_the_application_or_an_address(stage):
    number = await add(stage)
    opened = await press(stage, number, "open")
    context = {"delivery": "77", "entityTypeId": 2, "entityId": 1, "activityId": number}
    assert (opened["type"], opened["options"]) == ("openRestApp", context)
    assert await press(stage, number, "card") == {"type": "redirect", "uri": "/crm/deal/details/1/"}
    await press(stage, number, "nothing", status=404)


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        ({}, "ERROR_EMPTY_LAYOUT"),
        (changed("icon", {}), "FIELD_IS_REQUIRED"),
        (changed("header.color", "red"), "FIELD_IS_REDUNDANT"),
        (changed("header.tags.state.type", "lavender"), "ENUM_FIELD"),
        (changed("header.tags.state.scope", "web"), "FIELD_IS_REDUNDANT"),
        (changed("footer.buttons.third", LAYOUT["footer"]["buttons"]["open"]), "TOO_MANY_ITEMS"),
        (changed("body.blocks", {"a b": {"type": "text"}}), "KEY_CONTAIN_WRONG_SYMBOLS"),
        (changed("footer.buttons.retry.action", {"type": "restEvent"}), "FIELD_IS_REQUIRED"),
    ],
)
async def test_layouts_that_are_refused(stage, layout, code):
    await stage.deals({"title": "x"})
    ask = {"ownerTypeId": 2, "ownerId": 1, "fields": {}, "layout": layout}
    assert (await stage.error("crm.activity.configurable.add", ask))[:2] == (400, code)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"isIncomingChannel": "Y", "deadline": "2030-01-01"}, "INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE"),
        ({"completed": "maybe"}, "WRONG_FIELD_VALUE"),
        ({"badgeCode": "UNKNOWN"}, "WRONG_FIELD_VALUE"),
        ({"typeId": "UNKNOWN"}, "WRONG_FIELD_VALUE"),
    ],
)
async def test_fields_that_are_refused(stage, fields, code):
    await stage.deals({"title": "x"})
    ask = {"ownerTypeId": 2, "ownerId": 1, "fields": fields, "layout": LAYOUT}
    assert (await stage.error("crm.activity.configurable.add", ask))[:2] == (400, code)


async def test_webhooks_have_no_application(stage):
    await stage.deals({"title": "x"})
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm"]})
    ask = {"ownerTypeId": 2, "ownerId": 1, "fields": {}, "layout": LAYOUT}
    status, body = await stage.post(f"/rest/1/{hook['code']}/crm.activity.configurable.add", ask)
    assert (status, body["error"]) == (400, "ERROR_WRONG_CONTEXT")


async def test_badges_and_types_are_registered_first(stage):
    badge = {"code": "FAILED", "title": "Delivery", "value": "failed", "type": "failure"}
    assert await stage.result("crm.activity.badge.add", badge) == {"badge": badge}
    kind = {"TYPE_ID": "DELIVERY", "NAME": "Delivery", "IS_CONFIGURABLE_TYPE": "Y"}
    assert await stage.result("crm.activity.type.add", {"fields": kind}) is True
    number = await add(stage, badgeCode="FAILED", typeId="DELIVERY")
    fields = (await stage.result("crm.activity.configurable.get", {"id": number}))["activity"]["fields"]
    assert (fields["badgeCode"], fields["typeId"]) == ("FAILED", "DELIVERY")
    change = {"id": number, "fields": {"typeId": "CONFIGURABLE"}}
    error = await stage.error("crm.activity.configurable.update", change)
    assert error[1] == "CANT_CHANGE_PROVIDER_TYPE_ID"
    assert await stage.result("crm.activity.badge.list") == {"badges": [badge]}
    await stage.result("crm.activity.badge.delete", {"code": "FAILED"})
    assert (await stage.error("crm.activity.badge.get", {"code": "FAILED"}))[1] == "NOT_FOUND"
