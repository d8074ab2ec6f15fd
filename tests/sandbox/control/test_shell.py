"""What the portal page asks of its own server."""


async def get(stage, path):
    async with stage.session.get(f"https://{stage.domain}/_shell/{path}") as response:
        return response.status, await response.json()


async def test_the_state_names_people_pipelines_and_applications(stage):
    _, state = await get(stage, "state?user_id=2")
    assert (state["portal"]["name"], state["user"]["id"], len(state["pipelines"])) == ("north", 2, 2)
    (app,) = state["apps"]
    assert (app["installed"], app["present"], app["menu"], state["market"]) == (True, True, True, [])


async def test_deals_are_made_moved_and_shown(stage):
    _, made = await stage.post("/_shell/deals", {"fields": {"title": "x"}})
    await stage.post("/_shell/deals/move", {"ids": [made["deal"]["id"]], "stage": "C1:EXECUTING"})
    _, found = await get(stage, "deals?category=1")
    assert (found["total"], found["deals"][0]["stageId"]) == (1, "C1:EXECUTING")
    _, card = await get(stage, f"deals/{made['deal']['id']}")
    assert [row["kind"] for row in card["timeline"]] == ["stage", "stage"]
    assert (await get(stage, "deals/99"))[0] == 404


LAYOUT = {
    "icon": {"code": "info"},
    "header": {
        "title": {"en": "Delivered", "ru": "Передано"},
        "tags": {"t": {"title": "Late", "type": "warning"}},
    },
    "body": {
        "logo": {"code": "check"},
        "blocks": {
            "a": {"type": "text", "properties": {"value": "Plain"}},
            "b": {
                "type": "withTitle",
                "properties": {"title": "Hub", "block": {"type": "link", "properties": {"text": "Deal 17"}}},
            },
        },
    },
    "footer": {
        "buttons": {
            "again": {
                "title": "Send again",
                "type": "primary",
                "action": {"type": "restEvent", "id": "again", "animationType": "disable"},
            }
        }
    },
}


async def test_activities_of_applications_are_shown_with_their_buttons(stage):
    await stage.result(
        "event.bind", {"event": "ONCRMTIMELINEITEMACTION", "handler": f"{stage.listener.url}/b"}
    )
    (number,) = await stage.deals({"title": "x"})
    activity = {"ownerTypeId": 2, "ownerId": number, "fields": {"completed": False}, "layout": LAYOUT}
    made = await stage.result("crm.activity.configurable.add", activity)
    _, card = await get(stage, f"deals/{number}")
    (shown,) = [row for row in card["timeline"] if row["kind"] == "activity"]
    assert (shown["title"], shown["tags"]) == ("Delivered", [{"title": "Late", "type": "warning"}])
    assert shown["blocks"] == [{"title": "", "text": "Plain"}, {"title": "Hub", "text": "Deal 17"}]
    stage.server.world.portals["north"].language = "ru"
    _, russian = await get(stage, f"deals/{number}")
    assert "Передано" in [row["title"] for row in russian["timeline"]]
    (button,) = shown["buttons"]
    press = f"/_shell/activities/{made['activity']['id']}/press"
    assert (await stage.post(press, {"part": button["path"]}))[0] == 200
    (form,) = await stage.listener.wait("/b")
    assert form["data[id]"] == "again"
    _, card = await get(stage, f"deals/{number}")
    assert [row["locked"] for row in card["timeline"] if row["kind"] == "activity"] == [button["path"]]


async def test_an_installation_is_finished_from_the_frame(bare):
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=f"{url}/page", install_url=f"{url}/install")
    _, app = await bare.post(f"/_shell/apps/{bare.client_id}/install", {})
    assert (app["present"], app["installed"]) == (True, False)
    _, opened = await bare.post("/_shell/open", {"client_id": bare.client_id})
    assert (opened["installer"], opened["origin"]) == (True, url)
    _, init = await bare.post("/_shell/frame/init", {"sid": opened["sid"]})
    assert (init["INSTALL"], init["FIRST_RUN"], init["IS_ADMIN"], init["PLACEMENT"]) == (
        True,
        True,
        True,
        "DEFAULT",
    )
    _, again = await bare.post("/_shell/frame/init", {"sid": opened["sid"]})
    assert again["FIRST_RUN"] is False
    finished = await bare.post("/_shell/frame/installed", {"sid": opened["sid"], "value": "Y"})
    assert finished == (200, {"result": True, "install_finished": "Y"})
    assert (await bare.post("/_shell/frame/installed", {"sid": opened["sid"]}))[0] == 403
    _, fresh = await bare.post("/_shell/frame/refresh", {"sid": opened["sid"]})
    assert (await bare.rest("profile", token=fresh["AUTH_ID"]))[0] == 200


async def test_options_from_the_frame(stage):
    opened = await stage.open(user_id=2)
    option = {"sid": opened["sid"], "kind": "app", "name": "a", "value": "1"}
    assert (await stage.post("/_shell/frame/option", option))[0] == 403
    assert (await stage.post("/_shell/frame/option", option | {"kind": "user"}))[0] == 200
    _, init = await stage.post("/_shell/frame/init", {"sid": opened["sid"]})
    assert init["USER_OPTIONS"] == {"a": "1"}


async def test_robots_are_put_on_stages(stage):
    robot = {"CODE": "r", "NAME": {"en": "Send", "ru": "Послать"}, "HANDLER": f"{stage.listener.url}/robot"}
    await stage.result("bizproc.robot.add", robot)
    place = {"category": 0, "stage": "NEW", "client_id": stage.client_id, "code": "r"}
    _, made = await stage.post("/_shell/automation", place)
    _, found = await get(stage, "automation")
    assert (found["robots"][0]["title"], found["placed"][0]["name"]) == ("[Bridge] Send", "Send")
    async with stage.session.delete(f"https://{stage.domain}/_shell/automation/{made['id']}") as response:
        assert response.status == 200
    assert (await get(stage, "automation"))[1]["placed"] == []


async def test_pages_of_the_portal_all_lead_to_its_index(stage):
    for path in ("/", "/crm/deal/details/5/", "/marketplace/app/x/"):
        async with stage.session.get(f"https://{stage.domain}{path}") as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert response.headers["Cache-Control"] == "no-store"
    async with stage.session.get(f"https://{stage.domain}/%2e%2e/server.py") as response:
        assert response.content_type == "text/html"


async def test_unknown_hosts_and_calls(stage):
    port = stage.server.world.port
    async with stage.session.get(f"https://nobody.b24.localhost:{port}/") as response:
        assert response.status == 404
    assert (await get(stage, "nonsense"))[0] == 404


async def test_reset_leaves_nothing(stage):
    await stage.control("POST", "reset")
    assert await stage.control("GET", "portals") == []
