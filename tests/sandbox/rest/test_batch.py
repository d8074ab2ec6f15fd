"""`batch`: its sections, its order, and its engine of references."""

from urllib.parse import quote


async def test_sections_are_lists_or_objects_as_php_prints_them(stage):
    named = await stage.batch({"d": "crm.item.list?entityTypeId=2&start=-1", "t": "server.time"})
    assert named["result"]["d"] == {"items": []}
    assert named["result_error"] == []
    assert named["result_total"] == []
    assert named["result_next"] == []
    assert set(named["result_time"]) == {"d", "t"}
    listed = await stage.batch(["server.time", "server.time"])
    assert isinstance(listed["result"], list)
    gapped = await stage.batch(["server.time", "nonsense", "server.time"])
    assert set(gapped["result"]) == {"0", "2"}
    assert gapped["result_error"] == {
        "1": {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"}
    }


async def test_halt_stops_at_the_first_failure_and_the_rest_appears_nowhere(stage):
    cmd = {"a": "server.time", "b": "nonsense", "c": "server.time"}
    halted = await stage.batch(cmd, halt=1)
    assert set(halted["result"]) == {"a"}
    assert set(halted["result_error"]) == {"b"}
    assert set((await stage.batch(cmd, halt="false"))["result"]) == {"a"}
    assert set((await stage.batch(cmd, halt="0"))["result"]) == {"a", "c"}


async def test_commands_that_are_no_strings_are_skipped_silently(stage):
    found = await stage.batch({"a": {"method": "server.time"}, "b": "server.time"})
    assert set(found["result"]) == {"b"}
    assert found["result_error"] == []


async def test_the_51st_command_is_refused_on_its_own(stage):
    found = await stage.batch({f"k{n}": "server.time" for n in range(52)})
    assert len(found["result"]) == 50
    assert {row["error"] for row in found["result_error"].values()} == {"ERROR_BATCH_LENGTH_EXCEEDED"}
    assert set(found["result_error"]) == {"k50", "k51"}


async def test_nested_batches_are_refused(stage):
    found = await stage.batch({"a": "batch?cmd[x]=server.time"})
    assert found["result_error"]["a"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"


async def test_an_unencoded_hash_cuts_a_command(stage):
    found = await stage.batch({"a": "crm.deal.add?fields[TITLE]=one#two&fields[OPPORTUNITY]=5"})
    deal = await stage.result("crm.item.get", {"entityTypeId": 2, "id": found["result"]["a"]})
    assert (deal["item"]["title"], deal["item"]["opportunity"]) == ("one", 0)


async def test_results_feed_later_commands(stage):
    title = quote("Ann & Co + 100%")
    found = await stage.batch(
        {
            "c": f"crm.contact.add?fields[NAME]={title}",
            "d": "crm.item.add?entityTypeId=2&fields[title]=x&fields[contactIds][0]=$result[c]",
            "r": "crm.item.productrow.set?ownerType=D&ownerId=$result[d][item][id]"
            "&productRows[0][productName]=A&productRows[0][price]=10.5&productRows[0][quantity]=2",
            "g": "crm.item.get?entityTypeId=2&id=$result[d][item][id]",
        }
    )
    assert found["result_error"] == []
    assert found["result"]["g"]["item"]["contactIds"] == [1]
    assert found["result"]["g"]["item"]["opportunity"] == 21
    contact = await stage.result("crm.contact.get", {"id": 1})
    assert contact["NAME"] == "Ann & Co + 100%"


async def test_an_unresolved_reference_hits_record_one_in_the_older_family(stage):
    await stage.deals({"title": "first"}, {"title": "second"})
    found = await stage.batch(
        {
            "bad": "crm.deal.get?id=99",
            "u": "crm.deal.update?id=$result[bad]&fields[TITLE]=hit",
            "ok": "server.time",
        }
    )
    # Nothing has succeeded yet, so the results are an empty array and the id is 0.
    assert found["result_error"]["u"]["error"] == ""
    await stage.batch({"ok": "server.time", "u": "crm.deal.update?id=$result[bad]&fields[TITLE]=hit"})
    assert (await stage.result("crm.deal.get", {"id": 1}))["TITLE"] == "hit"
    typed = await stage.batch(
        {"ok": "server.time", "g": "crm.item.get?entityTypeId=2&id=$result[bad][item][id]"}
    )
    assert typed["result_error"]["g"]["error"] == "100"


async def test_scope_errors_inside_a_batch_have_no_description(bare):
    url = bare.listener.url
    await bare.add_app(kind="market", handler_url=url, scopes=["placement"])
    await bare.app("install")
    await bare.open()
    found = await bare.batch({"a": "crm.deal.list"})
    assert found["result_error"]["a"] == {"error": "insufficient_scope", "error_description": ""}
