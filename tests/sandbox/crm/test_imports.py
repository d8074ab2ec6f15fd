"""`crm.item.import` and `crm.item.batchImport`."""

import pytest

DEAL = {"entityTypeId": 2}


async def robot(stage):
    """Put a robot on the first stage."""
    robot = {"CODE": "send", "NAME": "Send", "HANDLER": f"{stage.listener.url}/robot", "AUTH_USER_ID": 1}
    await stage.result("bizproc.robot.add", robot)
    placed = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "send"}
    await stage.control("POST", "portals/north/automation", placed)


async def test_imports_start_no_robots_but_tell_of_the_deal(stage):
    await robot(stage)
    url = f"{stage.listener.url}/event"
    await stage.result("event.bind", {"event": "ONCRMDEALADD", "handler": url})
    assert await stage.result("crm.item.import", {**DEAL, "fields": {"title": "x"}}) == {"item": {"id": 1}}
    await stage.listener.wait("/event")
    assert await stage.control("GET", "portals/north/workflows") == []
    await stage.result("crm.item.add", {**DEAL, "fields": {"title": "y"}})
    assert len(await stage.control("GET", "portals/north/workflows")) == 1


async def test_batches_keep_their_keys_and_each_item_has_its_own_outcome(stage):
    data = {"d7": {"title": "a"}, "d8": {"currencyId": "XXX"}, "d9": {"title": "b"}}
    items = (await stage.result("crm.item.batchImport", {**DEAL, "data": data}))["items"]
    assert (items["d7"], items["d9"]) == ({"item": {"id": 1}}, {"item": {"id": 2}})
    assert items["d8"]["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    listed = await stage.result("crm.item.batchImport", {**DEAL, "data": [{"title": "c"}]})
    assert listed == {"items": [{"item": {"id": 3}}]}


async def test_more_than_twenty_are_refused_as_a_whole(stage):
    too_many = {**DEAL, "data": [{"title": str(n)} for n in range(21)]}
    assert (await stage.error("crm.item.batchImport", too_many))[1] == "MAX_IMPORT_BATCH_SIZE_EXCEEDED"
    assert (await stage.control("GET", "portals/north/deals/count"))["count"] == 0


async def test_the_right_to_import_is_one_of_its_own(stage):
    await stage.open(user_id=2)
    ask = {**DEAL, "fields": {"title": "x"}}
    assert (await stage.error("crm.item.import", ask))[1] == "CRM_ITEM_IMPORT_ACCESS_DENIED"
    batch = await stage.result("crm.item.batchImport", {**DEAL, "data": [{"title": "x"}]})
    assert batch["items"][0]["error"] == "CRM_ITEM_IMPORT_ACCESS_DENIED"
    await stage.control("PATCH", "portals/north/users/2", {"rights": {"import": "all"}})
    assert (await stage.rest("crm.item.import", ask))[0] == 200
    dated = {**DEAL, "fields": {"createdTime": "2020-01-01T00:00:00+03:00"}}
    assert (await stage.error("crm.item.import", dated))[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"


async def test_administrators_set_moments_that_do_not_precede_what_is_there(stage):
    fields = {"createdTime": "2020-01-02T00:00:00+03:00", "updatedTime": "2020-01-03T00:00:00+03:00"}
    await stage.result("crm.item.import", {**DEAL, "fields": {**fields, "createdBy": 2}})
    item = (await stage.result("crm.item.get", {**DEAL, "id": 1}))["item"]
    assert {name: item[name] for name in fields} == fields
    assert item["createdBy"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"createdTime": "2019-01-01T00:00:00+03:00"},
        {"createdTime": "2999-01-01T00:00:00+03:00"},
        {"createdTime": "2021-01-02T00:00:00+03:00", "updatedTime": "2021-01-01T00:00:00+03:00"},
    ],
)
async def test_moments_that_are_refused(stage, wrong):
    first = {"createdTime": "2020-01-02T00:00:00+03:00", "updatedTime": "2020-01-02T00:00:00+03:00"}
    await stage.result("crm.item.import", {**DEAL, "fields": first})
    error = await stage.error("crm.item.import", {**DEAL, "fields": wrong})
    assert error[1] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"


async def test_phones_come_under_upper_case_names(stage):
    fields = {"name": "Ann", "PHONE": [{"VALUE": "+15550100", "VALUE_TYPE": "WORK"}]}
    await stage.result("crm.item.import", {"entityTypeId": 3, "fields": fields})
    item = (await stage.result("crm.item.get", {"entityTypeId": 3, "id": 1}))["item"]
    assert item["fm"][0]["value"] == "+15550100"
