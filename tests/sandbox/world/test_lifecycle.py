"""Both ways to install, and what update and removal destroy."""

from tests.sandbox.stage import until

SYSTEM_KEYS = {
    "auth[domain]", "auth[server_endpoint]", "auth[client_endpoint]", "auth[member_id]",
    "auth[application_token]",
}  # fmt: skip


async def bind(stage, *events):
    for event in events:
        handler = f"{stage.listener.url}/event"
        assert await stage.result("event.bind", {"event": event, "handler": handler}) is True


async def test_an_api_only_application_is_told_at_once(bare):
    await bare.add_app(kind="local", portal="north", api_only=True, event_url=f"{bare.listener.url}/event")
    row = await bare.app("install")
    assert row["installed"] is True
    (form,) = await bare.listener.wait("/event")
    assert form["event"] == "ONAPPINSTALL"
    assert (form["data[VERSION]"], form["data[ACTIVE]"], form["data[INSTALLED]"]) == ("1", "Y", "Y")
    assert form["data[LANGUAGE_ID]"] == "en"
    assert form["auth[status]"] == "L"
    assert form["auth[refresh_token]"]
    assert form["auth[user_id]"] == "1"
    await bare.app("install")
    assert len(await bare.listener.wait("/event", 2)) == 2


async def test_an_application_with_pages_waits_for_its_installer(bare):
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=f"{url}/page", install_url=f"{url}/install")
    assert (await bare.app("install"))["installed"] is False
    opened = await bare.open()
    assert opened["url"].startswith(f"{url}/install?DOMAIN=north.b24.localhost%3A")
    assert opened["installer"] is True
    await bind(bare, "ONAPPINSTALL", "ONCRMDEALADD")
    await bare.deals({"title": "nobody hears of this one"})
    row = await bare.app("finish")
    assert row["installed"] is True
    (form,) = await bare.listener.wait("/event")
    assert form["event"] == "ONAPPINSTALL"
    await bare.app("finish")
    assert (await bare.open())["url"].startswith(f"{url}/page?")
    await bare.deals({"title": "heard"})
    forms = await bare.listener.wait("/event", 2)
    assert [form["event"] for form in forms] == ["ONAPPINSTALL", "ONCRMDEALADD"]


async def test_nothing_is_sent_unless_bound(stage):
    await stage.app("uninstall", clean=True)
    assert (await stage.control("GET", "calls"))["calls"] == []


async def test_an_update_wipes_robots_and_bindings_after_saying_so(stage):
    await bind(stage, "ONAPPUPDATE")
    robot = {"CODE": "r", "NAME": "R", "HANDLER": f"{stage.listener.url}/robot"}
    await stage.result("bizproc.robot.add", robot)
    row = await stage.app("update")
    assert (row["version"], row["robots"], row["events"]) == (2, [], [])
    (form,) = await stage.listener.wait("/event")
    assert (form["event"], form["data[VERSION]"], form["data[PREVIOUS_VERSION]"]) == ("ONAPPUPDATE", "2", "1")
    assert form["auth[refresh_token]"]


async def test_removal_is_announced_without_tokens_and_revokes_them(stage):
    await bind(stage, "ONAPPUNINSTALL")
    opened = await stage.open()
    await stage.app("uninstall", clean=True)
    (form,) = await stage.listener.wait("/event")
    assert (form["event"], form["data[CLEAN]"]) == ("ONAPPUNINSTALL", "1")
    assert {key for key in form if key.startswith("auth[")} == SYSTEM_KEYS
    assert form["auth[application_token]"] == opened["fields"]["APPLICATION_TOKEN"]
    assert (await stage.error("profile"))[0] == 401


async def test_the_application_token_outlives_a_market_reinstall(stage):
    first = (await stage.open())["fields"]["APPLICATION_TOKEN"]
    await stage.app("uninstall", clean=False)
    await stage.app("install")
    assert (await stage.open())["fields"]["APPLICATION_TOKEN"] == first


async def test_events_carry_tokens_of_the_acting_user_without_refresh(stage):
    await bind(stage, "ONCRMDEALADD", "ONCRMDEALUPDATE")
    (number,) = await stage.deals({"title": "x"})
    (form,) = await stage.listener.wait("/event")
    assert (form["event"], form["data[FIELDS][ID]"]) == ("ONCRMDEALADD", str(number))
    assert form["auth[access_token]"]
    assert "auth[refresh_token]" not in form
    same = {"entityTypeId": 2, "id": number, "fields": {"title": "x"}}
    await stage.result("crm.item.update", same)
    update = "crm.item.update?entityTypeId=2&id=1&fields[title]="
    await stage.batch({"a": update + "y", "b": update + "z"})
    forms = await stage.listener.wait("/event", 2)
    await until(lambda: stage.server.queue.pending == 0)
    assert [form["event"] for form in forms] == ["ONCRMDEALADD", "ONCRMDEALUPDATE"]


async def test_events_of_automation_carry_no_tokens(stage):
    await bind(stage, "ONCRMDEALADD")
    world = stage.server.world
    hit = world.hit(world.portals["north"], None)
    hit.event("ONCRMDEALADD", {"FIELDS": {"ID": 5}})
    hit.close()
    (form,) = await stage.listener.wait("/event")
    assert {key for key in form if key.startswith("auth[")} == SYSTEM_KEYS


async def test_pages_are_closed_to_others_until_installed(bare):
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=url, install_url=url)
    await bare.app("install")
    path = f"https://control.b24.localhost:{bare.server.world.port}/_sandbox/portals/north/apps/{bare.client_id}/open"
    status, body = await bare.post(path, {"user_id": 2})
    assert (status, body["error"]) == (403, "NOT_INSTALLED")
