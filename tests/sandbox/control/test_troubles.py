"""The panel of trouble: faults and administrators' doings, from the page and from the control API."""


async def call(stage, method, path, body):
    url = f"https://{stage.domain}/_shell/{path}"
    async with stage.session.request(method, url, json=body) as response:
        return response.status, await response.json()


async def test_the_page_sets_faults_for_its_own_portal(stage):
    status, fault = await stage.post("/_shell/faults", {"kind": "refuse", "times": 1})
    assert status == 200
    assert (await stage.error("profile"))[:2] == (503, "QUERY_LIMIT_EXCEEDED")
    assert (await stage.rest("profile"))[0] == 200
    _, found = await call(stage, "GET", "faults", None)
    assert [(row["id"], row["portal"], row["hits"]) for row in found["faults"]] == [(fault["id"], "north", 1)]
    assert (await call(stage, "DELETE", f"faults/{fault['id']}", None))[1] == {"result": True}
    await stage.post("/_shell/faults", {"kind": "error", "error": "OPERATION_TIME_LIMIT", "status": 429})
    assert (await stage.error("profile"))[:2] == (429, "OPERATION_TIME_LIMIT")
    await call(stage, "DELETE", "faults", None)
    assert (await stage.rest("profile"))[0] == 200


async def test_people_are_dismissed_and_reinstated(stage):
    await stage.open(user_id=2)
    await stage.post("/_shell/users/2/dismiss", {})
    assert (await stage.error("profile"))[1] == "authorization_error"
    async with stage.session.get(f"https://{stage.domain}/_shell/state?user_id=2") as response:
        state = await response.json()
    assert (state["user"]["active"], state["placements"]) == (False, [])
    await stage.post("/_shell/users/2/reinstate", {})
    assert (await stage.rest("profile"))[0] == 200


async def test_the_licence_lapses_and_returns(stage):
    await stage.post("/_shell/licence", {"licensed": False})
    assert (await stage.error("profile"))[1] == "ACCESS_DENIED"
    await stage.post("/_shell/licence", {"licensed": True})
    assert (await stage.rest("profile"))[0] == 200


async def test_fields_and_stages_change_under_ones_feet(stage):
    await call(stage, "PATCH", "fields/2/comments", {"required": True})
    fields = await stage.result("crm.item.fields", {"entityTypeId": 2})
    assert fields["fields"]["comments"]["isRequired"] is True
    await call(stage, "PATCH", "fields/2/comments", {"required": False})
    await stage.deals({"title": "x"})
    assert (await call(stage, "DELETE", "fields/2/ufCrm_INN2", None))[0] == 200
    fields = await stage.result("crm.item.fields", {"entityTypeId": 2})
    assert "ufCrm_INN2" not in fields["fields"]
    assert (await stage.result("crm.item.get", {"entityTypeId": 2, "id": 1}))["item"]["title"] == "x"
    assert (await call(stage, "DELETE", "fields/2/title", None))[0] == 404
    renamed = await call(stage, "PATCH", "stages", {"stage": "NEW", "name": "Fresh"})
    assert renamed == (200, {"stage": "NEW", "name": "Fresh"})
    rows = await stage.result("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "NEW"}})
    assert rows[0]["NAME"] == "Fresh"


async def test_only_administrators_install_and_remove(stage):
    path = f"/_shell/apps/{stage.client_id}/uninstall"
    assert (await stage.post(path, {"user_id": 2}))[0] == 403
    status, row = await stage.post(path, {"clean": True})
    assert (status, row["present"]) == (200, False)


async def test_records_are_offered_to_choose_from(stage):
    await stage.deals({"title": "Chosen"})
    assert (await call(stage, "GET", "choice/deal", None))[1] == {"items": [{"id": 1, "title": "Chosen"}]}
    assert (await call(stage, "GET", "choice/robot", None))[0] == 404
