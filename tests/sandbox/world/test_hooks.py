"""Calls that need no application: the webhook robot, outgoing webhooks; and events that cause events."""

from tests.sandbox.stage import until

BARE = {"auth[domain]", "auth[server_endpoint]", "auth[client_endpoint]", "auth[member_id]"}


async def test_the_webhook_robot_sends_the_document_and_no_token(stage):
    url = f"{stage.listener.url}/hook?deal={{=Document:ID}}&title={{=Document:TITLE}}"
    robot = {"category": 0, "stage": "NEW", "code": "webhook", "properties": {"url": url}}
    await stage.control("POST", "portals/north/automation", robot)
    await stage.deals({"title": "A deal"})
    (form,) = await stage.listener.wait("/hook")
    documents = {f"document_id[{n}]" for n in range(3)}
    assert set(form) == documents | BARE
    assert form["document_id[2]"] == "DEAL_1"
    assert (await stage.control("GET", "portals/north/workflows"))[0]["state"] == "closed"


async def test_an_outgoing_webhook_has_a_token_of_its_own(bare):
    handler = {"event": "onCrmDealAdd", "handler": f"{bare.listener.url}/out"}
    made = await bare.control("POST", "portals/north/outgoing", handler)
    await bare.deals({"title": "x"})
    (form,) = await bare.listener.wait("/out")
    assert {key for key in form if key.startswith("auth")} == BARE | {"auth[application_token]"}
    assert form["auth[application_token]"] == made["application_token"]
    assert (form["event"], form["data[FIELDS][ID]"]) == ("ONCRMDEALADD", "1")


async def test_a_chain_of_events_ends_after_seven_hops(stage):
    """Each event's own token changes the deal again, as an application in a loop would."""
    handler = f"{stage.listener.url}/event"
    await stage.result("event.bind", {"event": "ONCRMDEALUPDATE", "handler": handler})
    (number,) = await stage.deals({"title": "0"})
    token = stage.token
    for hop in range(1, 9):
        params = {"entityTypeId": 2, "id": number, "fields": {"title": f"t{hop}"}}
        assert (await stage.rest("crm.item.update", params, token))[0] == 200
        if hop == 8:
            break
        token = (await stage.listener.wait("/event", hop))[-1]["auth[access_token]"]
    await until(lambda: stage.server.queue.pending == 0)
    assert len(stage.listener.at("/event")) == 7
