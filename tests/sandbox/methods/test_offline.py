"""Offline events: a queue of states to fetch, sources that do not hear their own echo, a wake-up call."""

import pytest

from tests.sandbox.stage import until

FEATURES = ["automation", "bizproc", "rest_offline_extended", "rest_auth_connector"]


@pytest.fixture
async def queue(stage):
    """Deals' changes are kept for the application, on a tariff with everything."""
    await stage.control("PATCH", "portals/north", {"features": FEATURES})
    for event in ("ONCRMDEALADD", "ONCRMDEALUPDATE"):
        await stage.result("event.bind", {"event": event, "event_type": "offline"})
    return stage


async def change(stage, number, title, **more):
    fields = {"entityTypeId": 2, "id": number, "fields": {"title": title}}
    await stage.result("crm.item.update", fields | more)


async def names(stage, **params):
    found = await stage.result("event.offline.list", params)
    return [(row["EVENT_NAME"], row["EVENT_DATA"]["FIELDS"]["ID"]) for row in found]


async def test_many_changes_of_an_object_are_one_record(queue):
    (number,) = await queue.deals({"title": "x"})
    for title in "abc":
        await change(queue, number, title)
    assert await names(queue) == [("ONCRMDEALADD", number), ("ONCRMDEALUPDATE", number)]
    (row, _) = await queue.result("event.offline.list")
    assert (row["PROCESS_ID"], row["ERROR"], len(row["MESSAGE_ID"])) == ("", "0", 32)
    assert row["EVENT_ADDITIONAL"] == {"user_id": "1"}


async def test_what_is_fetched_is_gone(queue):
    await queue.deals({"title": "x"}, {"title": "y"})
    got = await queue.result("event.offline.get", {"limit": 1})
    assert (got["process_id"], len(got["events"])) == (None, 1)
    assert "PROCESS_ID" not in got["events"][0]
    assert [deal for _, deal in await names(queue)] == [2]


async def test_what_is_reserved_waits_for_its_confirmation(queue):
    await queue.deals({"title": "x"}, {"title": "y"}, {"title": "z"})
    got = await queue.result("event.offline.get", {"clear": 0, "limit": 2})
    process = got["process_id"]
    assert len(process) == 32
    assert len((await queue.result("event.offline.get", {"clear": 0}))["events"]) == 1
    again = await queue.result("event.offline.get", {"clear": 0, "process_id": process})
    assert [e["ID"] for e in again["events"]] == [e["ID"] for e in got["events"]]
    done = {"process_id": process, "message_id": [got["events"][0]["MESSAGE_ID"]]}
    assert await queue.result("event.offline.clear", done) is True
    assert len(await names(queue, filter={"PROCESS_ID": process})) == 1
    await queue.result("event.offline.clear", {"process_id": process, "id": [got["events"][1]["ID"]]})
    assert await names(queue, filter={"PROCESS_ID": process}) == []


async def test_a_change_while_reserved_is_a_record_of_its_own(queue):
    (number,) = await queue.deals({"title": "x"})
    await change(queue, number, "a")
    await queue.result("event.offline.get", {"clear": 0})
    await change(queue, number, "b")
    assert [name for name, _ in await names(queue, filter={"=PROCESS_ID": ""})] == ["ONCRMDEALUPDATE"]


async def test_errors_are_put_back_and_fetched_on_demand(queue):
    await queue.deals({"title": "x"})
    got = await queue.result("event.offline.get", {"clear": 0})
    wrong = {"process_id": got["process_id"], "message_id": [got["events"][0]["MESSAGE_ID"]]}
    assert await queue.result("event.offline.error", wrong) is True
    assert (await queue.result("event.offline.get"))["events"] == []
    assert len((await queue.result("event.offline.get", {"error": 1}))["events"]) == 1


async def test_reserving_needs_its_feature(queue):
    await queue.control("PATCH", "portals/north", {"features": ["automation"]})
    assert await queue.result("feature.get", {"CODE": "rest_offline_extended"}) == {"value": "N"}
    assert (await queue.error("event.offline.get", {"clear": 0}))[0] == 403
    assert (await queue.result("event.offline.get"))["events"] == []
    bind = {"event": "ONCRMDEALADD", "event_type": "offline", "auth_connector": "mine"}
    assert (await queue.error("event.bind", bind))[0] == 403


async def test_a_source_does_not_hear_its_own_echo(queue):
    bind = {"event": "ONCRMDEALUPDATE", "event_type": "offline", "auth_connector": "mine"}
    await queue.result("event.bind", bind)
    (number,) = await queue.deals({"title": "x"})
    await change(queue, number, "a", auth_connector="mine")
    assert await names(queue, auth_connector="mine") == []
    await change(queue, number, "b")
    assert await names(queue, auth_connector="mine") == [("ONCRMDEALUPDATE", number)]
    rows = await queue.result("event.get")
    assert {"event": "ONCRMDEALUPDATE", "connector_id": "mine", "offline": 1} in rows
    assert await queue.result("event.unbind", bind) == {"count": 1}


async def test_only_administrators_bind_and_fetch(queue):
    await queue.open(user_id=2)
    bind = {"event": "ONCRMDEALADD", "event_type": "offline"}
    assert (await queue.error("event.bind", bind))[:2] == (403, "ACCESS_DENIED")
    assert (await queue.error("event.offline.get"))[:2] == (403, "ACCESS_DENIED")
    assert (await queue.error("event.offline.list"))[:2] == (403, "ACCESS_DENIED")


async def test_wrong_parameters_are_named(queue):
    assert (await queue.error("event.offline.get", {"limit": 0}))[:2] == (400, "ERROR_ARGUMENT")
    assert (await queue.error("event.offline.get", {"filter": {"X": 1}}))[1] == "ERROR_ARGUMENT"
    assert (await queue.error("event.offline.clear"))[1] == "ERROR_ARGUMENT"
    short = {"process_id": "x", "message_id": ["short"]}
    assert (await queue.error("event.offline.clear", short))[1] == "ERROR_ARGUMENT"
    assert (await queue.error("event.offline.error", {"process_id": "x"}))[1] == "ERROR_ARGUMENT"
    unknown = {"event": "ONAPPINSTALL", "event_type": "offline"}
    assert (await queue.error("event.bind", unknown))[1] == "ERROR_ARGUMENT"


async def test_the_application_is_woken_no_oftener_than_it_wants(queue):
    handler = f"{queue.listener.url}/event"
    wake = {"event": "ONOFFLINEEVENT", "handler": handler, "options": {"minTimeout": 60}}
    await queue.result("event.bind", wake)
    await queue.deals({"title": "x"}, {"title": "y"})
    (form,) = await queue.listener.wait("/event")
    assert (form["event"], form["auth[refresh_token]"] != "") == ("ONOFFLINEEVENT", True)
    assert not any(key.startswith("data") for key in form)
    await queue.deals({"title": "z"})
    await until(lambda: queue.server.queue.pending == 0)
    assert len(queue.listener.at("/event")) == 1
    await queue.control("POST", "clock", {"advance": 61})
    await queue.open()
    await queue.deals({"title": "z"})
    assert len(await queue.listener.wait("/event", 2)) == 2


async def test_removal_empties_the_queue(queue):
    await queue.deals({"title": "x"})
    await queue.app("uninstall", clean=False)
    await queue.app("install")
    await queue.open()
    assert await queue.result("event.offline.list") == []
