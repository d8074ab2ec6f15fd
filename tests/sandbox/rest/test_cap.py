"""Requests that are cut after 60 seconds, and what PHP takes of a command."""

from urllib.parse import quote


def adds(count):
    return {f"k{n}": f"crm.item.add?entityTypeId=2&fields[title]={n}" for n in range(count)}


async def count(stage):
    return (await stage.control("GET", "portals/north/deals/count"))["count"]


async def test_a_batch_that_takes_too_long_dies_and_leaves_what_it_has_committed(stage):
    await stage.control("PATCH", "portals/north", {"operating_scale": 1.0, "operating_limit": 900})
    url = f"https://{stage.domain}/rest/batch"
    body = {"cmd": adds(50), "auth": stage.token}
    async with stage.session.post(url, json=body) as response:
        assert (response.status, response.content_type) == (504, "text/html")
    # 32 deals of 1.83 seconds each fit into a minute.
    assert await count(stage) == 32
    assert len((await stage.batch(adds(20)))["result"]) == 20


async def test_the_cap_can_be_moved_or_taken_away(stage):
    await stage.control("PATCH", "portals/north", {"operating_scale": 1.0, "switches": {"request_cap": 5}})
    async with stage.session.post(
        f"https://{stage.domain}/rest/batch", json={"cmd": adds(5), "auth": stage.token}
    ) as response:
        assert response.status == 504
    assert await count(stage) == 2
    await stage.control("PATCH", "portals/north", {"switches": {"request_cap": None}})
    assert len((await stage.batch(adds(40)))["result"]) == 40


async def test_self_hosted_portals_have_no_cap(stage):
    await stage.control("PATCH", "portals/north", {"operating_scale": 1.0, "limits": False})
    assert len((await stage.batch(adds(50)))["result"]) == 50


async def test_variables_beyond_the_limit_are_lost_without_a_word(stage):
    fields = "&".join(f"fields[x{n}]=1" for n in range(998))
    command = f"crm.deal.add?fields[TITLE]=kept&{fields}&fields[OPPORTUNITY]=5&fields[COMMENTS]=lost"
    number = (await stage.batch({"a": command}))["result"]["a"]
    deal = await stage.result("crm.deal.get", {"id": number})
    assert (deal["TITLE"], deal["OPPORTUNITY"], deal["COMMENTS"]) == ("kept", "5.00", None)
    await stage.control("PATCH", "portals/north", {"switches": {"max_input_vars": 10_000}})
    number = (await stage.batch({"a": command}))["result"]["a"]
    assert (await stage.result("crm.deal.get", {"id": number}))["COMMENTS"] == "lost"


async def test_slashes_are_escaped_as_php_does(stage):
    url = f"https://{stage.domain}/rest/crm.item.add"
    body = {"entityTypeId": 2, "fields": {"title": "a/b\\c"}, "auth": stage.token}
    async with stage.session.post(url, json=body) as response:
        text = await response.text()
        assert '"a\\/b\\\\c"' in text
        assert (await response.json())["result"]["item"]["title"] == "a/b\\c"
    await stage.control("PATCH", "portals/north", {"switches": {"escape_slashes": False}})
    async with stage.session.post(url, json=body) as response:
        assert '"a/b\\\\c"' in await response.text()


async def test_a_proactive_filter_breaks_suspicious_words_in_commands(stage):
    command = f"crm.deal.add?fields[TITLE]={quote('<script>1 union select 2')}"
    plain = (await stage.batch({"a": command}))["result"]["a"]
    await stage.control("PATCH", "portals/north", {"switches": {"proactive_filter": True}})
    cleansed = (await stage.batch({"a": command}))["result"]["a"]
    titles = [(await stage.result("crm.deal.get", {"id": n}))["TITLE"] for n in (plain, cleansed)]
    assert titles == ["<script>1 union select 2", "<sc ript>1 un ion select 2"]
