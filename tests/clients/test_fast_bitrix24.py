"""fast_bitrix24, its limiter under that of the sandbox, through an ordinary incoming webhook."""

import ssl

import aiohttp
import pytest
from fast_bitrix24.bitrix import BitrixAsync

from sandbox.wire.loopback import LoopbackResolver

DEALS = 260


@pytest.fixture
async def bitrix(stage):
    """The client with a session of its own, as its documentation offers for special networks."""
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm", "user"]})
    tls = ssl.create_default_context(cafile=str(stage.server.ca_file))
    connector = aiohttp.TCPConnector(ssl=tls, resolver=LoopbackResolver())
    async with aiohttp.ClientSession(connector=connector, raise_for_status=True) as session:
        yield BitrixAsync(hook["url"], verbose=False, client=session)


@pytest.fixture
async def full(stage):
    deals = [{"title": f"Deal {number}"} for number in range(1, DEALS + 1)]
    await stage.deals(*deals)
    return stage


async def test_get_all(full, bitrix):
    deals = await bitrix.get_all("crm.deal.list", {"select": ["ID", "TITLE"]})
    assert sorted(int(deal["ID"]) for deal in deals) == list(range(1, DEALS + 1))
    assert deals[0]["TITLE"].startswith("Deal ")


async def test_get_all_of_the_newer_family(full, bitrix):
    items = await bitrix.get_all("crm.item.list", {"entityTypeId": 2, "select": ["id"]})
    assert len(items) == DEALS


async def test_get_by_id(full, bitrix):
    found = await bitrix.get_by_ID("crm.deal.get", range(1, 121))
    assert len(found) == 120
    assert found["7"]["TITLE"] == "Deal 7"


async def test_call(full, bitrix):
    fields = [{"fields": {"TITLE": f"New {number}"}} for number in range(60)]
    made = await bitrix.call("crm.deal.add", fields)
    assert sorted(int(number) for number in made) == list(range(DEALS + 1, DEALS + 61))
    assert await bitrix.call("crm.deal.add", {"fields": {"TITLE": "single"}}) == DEALS + 61
    assert (await bitrix.call("profile", raw=True))["result"]["NAME"] == "Alice"


async def test_list_and_get(full, bitrix):
    with pytest.warns(DeprecationWarning, match="list_and_get"):
        found = await bitrix.list_and_get("crm.deal")
    assert len(found) == DEALS
    assert found["5"]["TITLE"] == "Deal 5"


async def test_its_limiter_stays_under_ours(full, bitrix):
    """As many single requests as the bucket holds: it must be neither refused nor slower than need be."""
    for _ in range(50):
        await bitrix.call("server.time", raw=True)
    requests = await full.control("GET", "portals/north/requests")
    assert (requests["total"] >= 50, requests["refused"]) == (True, 0)


async def test_it_recovers_from_refusals(full, bitrix):
    await full.fault("refuse", times=2)
    assert (await bitrix.call("profile", raw=True))["result"]["ID"] == "1"
    assert (await full.control("GET", "portals/north/requests"))["refused"] == 2
