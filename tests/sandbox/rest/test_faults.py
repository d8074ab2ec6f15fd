"""Faults that strike the connection, the records or the answer."""

import aiohttp
import pytest

from tests.sandbox.stage import until

DEAL = {"entityTypeId": 2}
ORIGIN = {**DEAL, "filter": {"=originId": "7"}, "select": ["id"], "start": -1}


async def found(stage):
    return [row["id"] for row in (await stage.result("crm.item.list", ORIGIN))["items"]]


async def test_lists_can_lag_behind_what_has_been_written(stage):
    await stage.fault("stale_list", seconds=5, method="crm.item.list")
    await stage.result("crm.item.add", {**DEAL, "fields": {"originId": "7"}})
    assert await found(stage) == []
    batch = await stage.batch({"a": "crm.item.list?entityTypeId=2&filter[=originId]=7&start=-1"})
    assert batch["result"]["a"] == {"items": []}
    assert (await stage.rest("crm.item.get", {**DEAL, "id": 1}))[0] == 200
    await stage.control("POST", "clock", {"advance": 10})
    assert await found(stage) == [1]


async def test_one_add_can_leave_two_records(stage):
    await stage.fault("commit_twice", method="crm.item.add", times=1)
    item = (await stage.result("crm.item.add", {**DEAL, "fields": {"originId": "7"}}))["item"]
    assert (item["id"], await found(stage)) == (1, [1, 2])
    await stage.result("crm.item.add", {**DEAL, "fields": {"originId": "8"}})
    assert await found(stage) == [1, 2]


@pytest.mark.parametrize(("kind", "made"), [("reset_before", 0), ("reset_after", 1), ("cut_body", 1)])
async def test_connections_break_before_or_after_the_commit(stage, kind, made):
    await stage.fault(kind, method="crm.deal.add", times=1)
    with pytest.raises((aiohttp.ClientError, ValueError)):
        await stage.rest("crm.deal.add", {"fields": {"TITLE": "x"}})
    assert (await stage.control("GET", "portals/north/deals/count"))["count"] == made


@pytest.mark.parametrize("kind", ["hang_then_commit", "commit_then_hang"])
async def test_clients_that_do_not_wait_find_the_deal_later(stage, kind):
    await stage.fault(kind, method="crm.deal.add", times=1, seconds=0.3)
    patience = aiohttp.ClientTimeout(total=0.1)
    with pytest.raises(TimeoutError):
        await stage.post(
            "/rest/crm.deal.add", {"fields": {"TITLE": "x"}, "auth": stage.token}, timeout=patience
        )
    world = stage.server.world
    await until(lambda: len(world.portals["north"].records[2]) == 1)
    (deal,) = await stage.control("GET", "portals/north/deals")
    assert deal["title"] == "x"


async def test_limits_errors_and_pages_on_demand(stage):
    await stage.fault("refuse", times=1)
    assert (await stage.rest("server.time"))[0] == 503
    await stage.fault("error", error="OPERATION_TIME_LIMIT", status=429, method="crm.deal.add", times=2)
    assert (await stage.error("crm.deal.add"))[:2] == (429, "OPERATION_TIME_LIMIT")
    nested = await stage.batch({"a": "crm.deal.add?fields[TITLE]=x", "b": "server.time"})
    assert nested["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT"
    assert set(nested["result"]) == {"b"}
    await stage.fault("html_502", times=1)
    async with stage.session.post(f"https://{stage.domain}/rest/server.time") as response:
        assert (response.status, response.content_type) == (502, "text/html")
