"""Files in custom fields and comments, and the addresses that lead to them."""

from base64 import b64encode

DEAL = {"entityTypeId": 2}
BROWSER = {"Accept": "*/*", "Accept-Language": "en", "User-Agent": "Mozilla/5.0"}


def file(name, content=b"content"):
    return [name, b64encode(content).decode()]


async def fields(stage):
    """Give deals a field for one file and one for several."""
    for name, many in (("UF_CRM_FILE", False), ("UF_CRM_FILES", True)):
        await stage.control(
            "POST", "portals/north/fields/2", {"name": name, "type": "file", "multiple": many}
        )


async def add(stage, **values):
    return (await stage.result("crm.item.add", {**DEAL, "fields": values}))["item"]


async def update(stage, number, **values):
    return (await stage.result("crm.item.update", {**DEAL, "id": number, "fields": values}))["item"]


async def fetch(stage, url, **headers):
    async with stage.session.get(url, headers=headers, skip_auto_headers=["User-Agent"]) as response:
        return response.status, await response.read(), response.headers.get("Content-Disposition", "")


async def test_files_are_fetched_by_their_signed_address_only(stage):
    await fields(stage)
    item = await add(stage, ufCrmFile=file("счёт.pdf", b"%PDF"))
    value = item["ufCrmFile"]
    assert set(value) == {"id", "url", "urlMachine"}
    status, body, disposition = await fetch(stage, value["urlMachine"])
    assert (status, body) == (200, b"%PDF")
    assert "filename*=utf-8''%D1%81" in disposition
    assert (await fetch(stage, value["url"]))[0] == 401
    assert (await fetch(stage, value["urlMachine"][:-3] + "abc"))[0] == 403
    await stage.fault("expire_tokens")
    assert (await fetch(stage, value["urlMachine"]))[0] == 401


async def test_addresses_of_a_webhook_outlive_tokens(stage):
    await fields(stage)
    await add(stage, ufCrmFile=file("a.txt"))
    hook = await stage.control("POST", "portals/north/webhooks", {"scopes": ["crm"]})
    path = f"/rest/1/{hook['code']}/crm.item.get"
    item = (await stage.post(path, {**DEAL, "id": 1}))[1]["result"]["item"]
    assert (
        f"/rest/1/{hook['code']}/crm.controller.item.getFile/?token=crm%7C" in item["ufCrmFile"]["urlMachine"]
    )
    assert (await fetch(stage, item["ufCrmFile"]["urlMachine"]))[1] == b"content"
    old = (await stage.post(f"/rest/1/{hook['code']}/crm.deal.get", {"id": 1}))[1]["result"]["UF_CRM_FILE"]
    assert "auth=&" in old["downloadUrl"]
    assert (await fetch(stage, f"https://{stage.domain}{old['downloadUrl']}"))[0] == 401


async def test_several_files_are_kept_by_id_and_dropped_when_not_named(stage):
    await fields(stage)
    item = await add(stage, ufCrmFiles=[file("a"), file("b")])
    first, second = (value["id"] for value in item["ufCrmFiles"])
    item = await update(stage, item["id"], ufCrmFiles=[{"id": second}, file("c")])
    kept, new = (value["id"] for value in item["ufCrmFiles"])
    assert kept == second
    assert new not in (first, second)
    item = await update(stage, item["id"], ufCrmFiles=[{"id": kept}, {"id": first}])
    assert [value["id"] for value in item["ufCrmFiles"]] == [kept]


async def test_what_is_no_base64_leaves_the_field_empty(stage):
    await fields(stage)
    item = await add(stage, ufCrmFile=["a.pdf", "no base64!"], ufCrmFiles=[["a", "%%"], file("b")])
    assert item["ufCrmFile"] is None
    assert len(item["ufCrmFiles"]) == 1


async def test_the_older_family_appends_and_removes_by_mark(stage):
    await fields(stage)
    new = {"UF_CRM_FILE": {"fileData": file("a")}, "UF_CRM_FILES": [{"fileData": file("b")}]}
    number = await stage.result("crm.deal.add", {"fields": new})
    deal = await stage.result("crm.deal.get", {"id": number})
    url = f"https://{stage.domain}{deal['UF_CRM_FILE']['downloadUrl']}"
    assert (await fetch(stage, url))[:2] == (200, b"content")
    gone = deal["UF_CRM_FILES"][0]["id"]
    change = {"UF_CRM_FILES": [{"id": gone, "remove": "Y"}, {"fileData": file("c")}]}
    await stage.result("crm.deal.update", {"id": number, "fields": change})
    left = (await stage.result("crm.deal.get", {"id": number}))["UF_CRM_FILES"]
    assert [value["id"] == gone for value in left] == [False]


async def test_a_picky_proxy_hides_files_from_clients_without_a_browsers_headers(stage):
    await fields(stage)
    url = (await add(stage, ufCrmFile=file("a.pdf")))["ufCrmFile"]["urlMachine"]
    await stage.control("PATCH", "portals/north", {"switches": {"picky_downloads": True}})
    status, _, disposition = await fetch(stage, url)
    assert (status, "a.pdf" in disposition) == (404, True)
    assert (await fetch(stage, url, **BROWSER, Referer=f"https://{stage.domain}/"))[0] == 200


async def test_downloads_count_as_requests_unless_switched_off(stage):
    await fields(stage)
    url = (await add(stage, ufCrmFile=file("a.pdf")))["ufCrmFile"]["urlMachine"]
    await stage.control("POST", "clock", {"advance": 100})
    assert 503 in [(await fetch(stage, url))[0] for _ in range(53)]
    await stage.control("PATCH", "portals/north", {"switches": {"downloads_counted": False}})
    assert (await fetch(stage, url))[0] == 200


async def test_files_of_comments_come_through_drive(bare):
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=url, scopes=["crm", "disk"])
    await bare.app("install")
    await bare.open()
    (deal,) = await bare.deals({"title": "x"})
    comment = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": "see", "FILES": [file("a.gif", b"GIF")]}
    await bare.result("crm.timeline.comment.add", {"fields": comment})
    (row,) = await bare.result(
        "crm.timeline.comment.list", {"filter": {"ENTITY_ID": deal, "ENTITY_TYPE": "deal"}}
    )
    ((key, shown),) = row["FILES"].items()
    assert (str(shown["id"]), shown["name"], shown["size"], shown["type"]) == (key, "a.gif", 3, "image")
    assert (await fetch(bare, shown["urlDownload"]))[0] == 401
    drive = await bare.result("disk.file.get", {"id": shown["id"]})
    assert (drive["NAME"], drive["SIZE"]) == ("a.gif", "3")
    assert (await fetch(bare, drive["DOWNLOAD_URL"]))[:2] == (200, b"GIF")
    assert await bare.error("disk.file.get", {"id": 9999}) == (
        400, "ERROR_NOT_FOUND", "Could not find entity with id `9999`",
    )  # fmt: skip
    await bare.open(user_id=2)
    assert (await bare.rest("disk.file.get", {"id": shown["id"]}))[0] == 200
    await bare.control("PATCH", "portals/north", {"switches": {"timeline_files_open": False}})
    assert (await bare.error("disk.file.get", {"id": shown["id"]}))[1] == "ACCESS_DENIED"


async def test_downloads_are_no_commands_of_a_batch(stage):
    found = await stage.batch({"a": "crm.controller.item.getFile?token=x", "b": "download?token=x"})
    assert {row["error"] for row in found["result_error"].values()} == {"ERROR_BATCH_METHOD_NOT_ALLOWED"}
