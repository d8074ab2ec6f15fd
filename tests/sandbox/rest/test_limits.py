"""Both limiters refuse and recover as the reference says."""


async def test_requests_beyond_the_bucket_are_refused_until_it_drains(stage):
    await stage.control("POST", "clock", {"advance": 100})
    answers = [(await stage.rest("server.time"))[0] for _ in range(60)]
    assert answers[:50] == [200] * 50
    assert 503 in answers[50:]
    status, body = await stage.rest("server.time")
    assert (status, body["error"]) == (503, "QUERY_LIMIT_EXCEEDED")
    await stage.control("POST", "clock", {"advance": 2})
    assert (await stage.rest("server.time"))[0] == 200
    journal = await stage.control("GET", "portals/north/requests")
    assert journal["refused"] == answers.count(503) + 1


async def test_enterprise_portals_have_the_larger_bucket(stage):
    await stage.control("PATCH", "portals/north", {"license_family": "ent"})
    assert {(await stage.rest("server.time"))[0] for _ in range(100)} == {200}


async def test_a_method_is_blocked_when_its_seconds_are_used_up_and_freed_gradually(stage):
    await stage.control("PATCH", "portals/north", {"operating_scale": 1.0, "operating_limit": 103})
    add = {f"k{n}": "crm.deal.add?fields[TITLE]=x" for n in range(50)}
    first = await stage.rest("batch", {"cmd": add})
    assert first[1]["result"]["result_time"]["k49"]["operating"] == 34.0
    assert first[1]["time"]["operating"] == 0
    for minute in range(3):
        await stage.control("POST", "clock", {"advance": 61})
        found = await stage.batch(add)
        blocked = minute == 2
        assert bool(found["result_error"]) is blocked
    status, code, text = await stage.error("crm.deal.add", {"fields": {"TITLE": "x"}})
    assert (status, code) == (429, "OPERATION_TIME_LIMIT")
    assert text == "Method is blocked due to operation time limit."
    assert await stage.result("crm.contact.add", {"fields": {"NAME": "other methods go on"}})
    await stage.control("POST", "clock", {"advance": 600 - 3 * 61 + 1})
    assert await stage.result("crm.deal.add", {"fields": {"TITLE": "x"}})


async def test_short_runs_are_free(stage):
    for _ in range(5):
        _, body = await stage.rest("crm.item.list", {"entityTypeId": 2})
    assert body["time"]["operating"] == 0


async def test_batches_can_be_billed_as_a_whole(stage):
    await stage.control("PATCH", "portals/north", {"billing": "batch-total"})
    _, body = await stage.rest("batch", {"cmd": {f"k{n}": "crm.deal.add" for n in range(50)}})
    assert body["time"]["operating"] > 3
    _, body = await stage.rest("crm.deal.add", {"fields": {}})
    assert body["time"]["operating"] == 0


async def test_batches_can_be_billed_both_ways_at_once(stage):
    await stage.control("PATCH", "portals/north", {"billing": "both"})
    _, body = await stage.rest("batch", {"cmd": {f"k{n}": "crm.deal.add" for n in range(50)}})
    assert body["time"]["operating"] > 3
    _, body = await stage.rest("crm.deal.add", {"fields": {}})
    assert body["time"]["operating"] > 3


async def test_limits_can_be_off(stage):
    await stage.control("PATCH", "portals/north", {"limits": False})
    assert {(await stage.rest("server.time"))[0] for _ in range(70)} == {200}
