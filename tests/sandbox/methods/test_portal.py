"""Users, directories, options, placements, events and the methods about methods."""


async def test_users_are_found_by_email_only_with_the_scope(bare):
    await bare.add_app(kind="market", handler_url=bare.listener.url, scopes=["user_brief"])
    await bare.app("install")
    await bare.open()
    assert len(await bare.result("user.get", {"filter": {"@EMAIL": ["sales1@company.example"]}})) == 3
    await bare.add_app(kind="market", handler_url=bare.listener.url, scopes=["user_basic"])
    await bare.app("install")
    await bare.open()
    asked = {"filter": {"ACTIVE": True, "@EMAIL": ["SALES1@company.example"]}, "select": ["ID", "EMAIL"]}
    assert await bare.result("user.get", asked) == [{"ID": "2", "EMAIL": "sales1@company.example"}]


async def test_who_i_am(stage):
    assert (await stage.result("user.current"))["ID"] == "1"
    assert await stage.result("user.admin") is True
    await stage.open(user_id=2)
    assert await stage.result("user.admin") is False
    assert (await stage.result("profile"))["ADMIN"] is False


async def test_directories(stage):
    categories = (await stage.result("crm.category.list", {"entityTypeId": 2}))["categories"]
    assert [(row["id"], row["isDefault"]) for row in categories] == [(0, "Y"), (1, "N")]
    stages = await stage.result("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE_1"}})
    assert [row["STATUS_ID"] for row in stages][:2] == ["C1:NEW", "C1:PREPARATION"]
    assert {row["SEMANTICS"] for row in stages} == {None, "S", "F"}
    assert await stage.result("crm.status.list", {"filter": {"ENTITY_ID": ["DEAL_STAGE"]}}) == []
    assert {"SOURCE", "DEAL_TYPE"} <= {row["ENTITY_ID"] for row in await stage.result("crm.status.list")}
    assert [row["CURRENCY"] for row in await stage.result("crm.currency.list") if row["BASE"] == "Y"] == [
        "USD"
    ]


async def test_options(stage):
    assert await stage.result("app.option.get") == []
    await stage.result("app.option.set", {"options": {"a": "1"}})
    assert await stage.result("app.option.get", {"option": "a"}) == "1"
    await stage.open(user_id=2)
    assert (await stage.error("app.option.set", {"options": {"a": "2"}}))[0] == 403
    await stage.result("user.option.set", {"options": {"theme": "dark"}})
    assert await stage.result("user.option.get") == {"theme": "dark"}


async def test_what_an_application_knows_of_itself(stage):
    info = await stage.result("app.info")
    assert (info["INSTALLED"], info["STATUS"], info["LICENSE_FAMILY"]) == (True, "F", "std")
    assert await stage.result("scope") == ["bizproc", "crm", "placement", "user"]
    assert await stage.result("method.get", {"name": "crm.deal.add"}) == {
        "isExisting": True,
        "isAvailable": True,
    }
    assert (await stage.result("method.get", {"name": "x"}))["isExisting"] is False
    assert "crm.item.list" in await stage.result("methods")
    assert await stage.result("feature.get", {"CODE": "rest_offline_extended"}) == {"value": "N"}


async def test_placements_are_bound_once(stage):
    row = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": f"{stage.listener.url}/tab", "TITLE": "Tab"}
    assert await stage.result("placement.bind", row) is True
    assert await stage.error("placement.bind", row) == (
        400, "ERROR_CORE", "Unable to set placement handler: Handler already binded",
    )  # fmt: skip
    assert (await stage.error("placement.bind", row | {"PLACEMENT": "DEFAULT"}))[
        1
    ] == "ERROR_PLACEMENT_NOT_FOUND"
    status, body = await stage.rest("placement.bind", {"PLACEMENT": "LEFT_MENU"})
    assert (status, body["error"], body["argument"]) == (400, "ERROR_ARGUMENT", "HANDLER")
    (bound,) = await stage.result("placement.get")
    assert (bound["placement"], bound["title"], bound["langAll"]) == ("CRM_DEAL_DETAIL_TAB", "Tab", [])
    opened = await stage.open(
        placement="CRM_DEAL_DETAIL_TAB", options={"ID": "5"}, uri="/crm/deal/details/5/"
    )
    assert opened["fields"]["PLACEMENT_OPTIONS"] == '{"ID":"5","URI":"\\/crm\\/deal\\/details\\/5\\/"}'
    assert (await stage.result("placement.unbind", {"PLACEMENT": "CRM_DEAL_DETAIL_TAB"}))["count"] > 0
    assert "CRM_DEAL_DETAIL_TAB" in await stage.result("placement.list")
    await stage.open(user_id=2)
    assert (await stage.error("placement.get"))[:2] == (403, "ACCESS_DENIED")


async def test_events_are_bound_once(stage):
    row = {"event": "OnCrmDealAdd", "handler": f"{stage.listener.url}/event"}
    assert await stage.result("event.bind", row) is True
    assert (await stage.error("event.bind", row))[2] == "Unable to set event handler: Handler already binded"
    assert (await stage.error("event.bind", row | {"event": "NOPE"}))[1] == "ERROR_EVENT_NOT_FOUND"
    (bound,) = await stage.result("event.get")
    assert (bound["event"], bound["auth_type"], bound["offline"]) == ("ONCRMDEALADD", "0", 0)
    assert "ONAPPUNINSTALL" in await stage.result("events")
    assert await stage.result("event.unbind", row) == {"count": 1}
    await stage.result("event.bind", row | {"event": "ONAPPTEST"})
    await stage.result("event.test", {"ping": "pong"})
    (form,) = await stage.listener.wait("/event")
    assert (form["event"], form["data[QUERY][ping]"]) == ("ONAPPTEST", "pong")
    assert form["auth[refresh_token]"]
    await stage.open(user_id=2)
    assert (await stage.error("event.bind", row | {"auth_type": 1}))[:2] == (403, "ACCESS_DENIED")
