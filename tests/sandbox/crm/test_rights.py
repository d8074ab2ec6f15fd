"""What users see and may do who are no administrators."""

DEAL = {"entityTypeId": 2}


async def sales(stage, **rights):
    """Go on as the salesperson 2, with these rights; answer the administrator's token."""
    await stage.control("PATCH", "portals/north/users/2", {"rights": rights})
    administrator = stage.token
    await stage.open(user_id=2)
    return administrator


async def test_rows_that_may_not_be_read_are_missing_and_a_get_is_denied(stage):
    mine, theirs, watched = await stage.deals(
        {"title": "mine", "assignedById": 2},
        {"title": "theirs", "assignedById": 3},
        {"title": "watched", "assignedById": 3, "observers": [2]},
    )
    await sales(stage, read="own")
    _, body = await stage.rest("crm.item.list", {**DEAL, "filter": {"@id": [mine, theirs, watched]}})
    assert [row["id"] for row in body["result"]["items"]] == [mine, watched]
    assert body["total"] == 2
    assert await stage.error("crm.item.get", {**DEAL, "id": theirs}) == (
        400, "ACCESS_DENIED", "Access denied",
    )  # fmt: skip
    assert (await stage.error("crm.item.get", {**DEAL, "id": 99}))[:2] == (400, "NOT_FOUND")
    assert [row["ID"] for row in await stage.result("crm.deal.list", {"select": ["ID"]})] == ["1", "3"]
    assert await stage.error("crm.deal.get", {"id": theirs}) == (400, "", "Access denied.")


async def test_who_may_add_own_items_only_is_made_responsible_without_a_word(stage):
    await sales(stage, add="own")
    item = (await stage.result("crm.item.add", {**DEAL, "fields": {"assignedById": 3}}))["item"]
    assert item["assignedById"] == 2
    number = await stage.result("crm.deal.add", {"fields": {"ASSIGNED_BY_ID": 3}})
    assert (await stage.result("crm.deal.get", {"id": number}))["ASSIGNED_BY_ID"] == "2"


async def test_changes_without_the_right_are_refused(stage):
    (theirs,) = await stage.deals({"title": "x", "assignedById": 3})
    await sales(stage, update="own", add="none")
    change = {**DEAL, "id": theirs, "fields": {"title": "y"}}
    assert (await stage.error("crm.item.update", change))[1] == "CRM_ITEM_UPDATE_ACCESS_DENIED"
    assert (await stage.error("crm.item.add", {**DEAL, "fields": {}}))[1] == "CRM_ITEM_ADD_ACCESS_DENIED"
    assert (await stage.error("crm.deal.update", {"id": theirs, "fields": {}}))[1] == ""
    rows = {"ownerType": "D", "ownerId": theirs, "productRows": []}
    assert (await stage.error("crm.item.productrow.set", rows))[1] == "ACCESS_DENIED"


async def test_rows_of_several_deals_are_allowed_by_the_right_on_deal_one(stage):
    await stage.deals({"assignedById": 3}, {"assignedById": 2})
    administrator = await sales(stage, read="own")
    ask = {"filter": {"=ownerType": "D", "=ownerId": [1, 2]}, "start": -1}
    assert (await stage.error("crm.item.productrow.list", ask))[1] == "ACCESS_DENIED"
    assert (await stage.rest("crm.item.productrow.list", ask, administrator))[0] == 200
    alone = {"filter": {"=ownerType": "D", "=ownerId": 2}, "start": -1}
    assert (await stage.result("crm.item.productrow.list", alone)) == {"productRows": []}
    switches = {"rows_of_many_check_deal_one": False}
    await stage.control("PATCH", "portals/north", {"switches": switches})
    assert (await stage.rest("crm.item.productrow.list", ask))[0] == 200
