"""The demo's deals are the same for the same seed, and what the hub shows is counted by origin alone."""

import pytest

from sandbox.demo.count import count, origin_of
from sandbox.demo.deals import make_deals

USERS = [{"id": 1, "admin": True}, {"id": 2, "admin": False}, {"id": 3, "admin": False}]
CUSTOM = {"ufCrm_1": ["a", "b"]}
NORTH, SOUTH = "a" * 32, "b" * 32


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_same_seed_makes_the_same_deals(language: str):
    first, again = (
        list(make_deals(30, language=language, users=USERS, custom=CUSTOM, seed="7")) for _ in range(2)
    )
    other = list(make_deals(30, language=language, users=USERS, custom=CUSTOM, seed="8"))
    assert first == again
    assert first != other
    assert len({deal["title"] for deal in first}) == 30
    assert {deal["currencyId"] for deal in first} == {"RUB", "EUR", "USD"}
    assert {deal["assignedById"] for deal in first} <= {2, 3}


def hub_deal(number: int, member_id: str, source: int) -> dict:
    return {"id": number, "originatorId": f"b24-bridge|{member_id}", "originId": str(source)}


def test_the_count_knows_lost_doubled_and_strange_deals():
    sent = [(NORTH, "1"), (NORTH, "2"), (SOUTH, "1"), (SOUTH, "2")]
    counted = count(
        sent,
        [
            hub_deal(1, NORTH, 1),
            hub_deal(2, SOUTH, 1),
            hub_deal(3, SOUTH, 1),
            hub_deal(4, SOUTH, 99),
            {"id": 5, "originatorId": None, "originId": None},
        ],
    )
    assert (counted.delivered, counted.lost, counted.duplicates, counted.hub_deals) == (2, 2, 2, 4)
    assert counted.missing(NORTH) == [2]
    assert counted.missing(SOUTH) == [2]


def test_a_deal_of_the_hubs_own_has_no_origin():
    assert origin_of({"id": 1, "title": "Ours"}) is None
    assert origin_of(hub_deal(1, NORTH, 54)) == (NORTH, "54")
