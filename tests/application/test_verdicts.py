"""What an error means for its delivery: again, later, parked, or the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from application.contract import Journal, Outcome
from application.errors import AppError, OutcomeUnknown, PortalUnavailable, Rejected, Throttled, TryLater
from application.model import Delivery, DeliveryState
from application.verdicts import MAX_FAILURES, PARK_SECONDS, backoff, delivered, interrupted, of_error

LONGEST = 6 * 3600.0


def _delivery(**more: Any) -> Delivery:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "id": uuid7(), "portal_id": uuid7(), "route_id": uuid7(), "lane_id": uuid7(), "robot": "send_deal",
        "deal_id": "1", "claims": 1, "failures": 0, "problem": None, "received_at": now,
        "give_up_at": now + timedelta(days=3), "payload": b"",
    }  # fmt: skip
    return Delivery(**{**values, **more})


_LATER = TryLater("portal_busy", method="m")
_TABLE: list[tuple[Exception, DeliveryState, bool, str]] = [
    (_LATER, DeliveryState.WAITING, True, "portal_busy"),
    (OutcomeUnknown("connection_lost"), DeliveryState.WAITING, True, "connection_lost"),
    (Throttled("query_limit", after=7), DeliveryState.WAITING, False, "query_limit"),
    (PortalUnavailable("no_owner", member_id="x"), DeliveryState.WAITING, False, "no_owner"),
    (Rejected("mapping_failed", fields="title"), DeliveryState.REJECTED, False, "mapping_failed"),
    (KeyError("our bug"), DeliveryState.WAITING, True, "internal_error"),
]


@pytest.mark.parametrize(
    ("error", "state", "failed", "problem"), _TABLE, ids=lambda value: type(value).__name__
)
def test_an_error_becomes_one_verdict(
    error: Exception, state: DeliveryState, failed: bool, problem: str
) -> None:
    verdict = of_error(_delivery(), Journal(), error)
    assert (verdict.state, verdict.failed, verdict.problem) == (state, failed, problem)
    assert [step.code for step in verdict.steps] == [problem]


def test_every_class_of_error_is_in_the_table() -> None:
    def below(kind: type[AppError]) -> set[type[AppError]]:
        return {kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))}

    assert below(AppError) - {type(error) for error, *_ in _TABLE} == {AppError}


@given(st.integers(0, 10_000))
def test_each_wait_is_at_least_half_a_second_and_at_most_six_hours(failures: int) -> None:
    assert 0.5 <= backoff(failures) <= LONGEST


@given(st.integers(0, 12))
def test_waits_grow_with_failures_and_are_spread(failures: int) -> None:
    ceiling = min(LONGEST, 5 * 2**failures)
    waits = {backoff(failures) for _ in range(50)}
    assert min(waits) >= ceiling / 10
    assert max(waits) <= ceiling
    assert len(waits) > 40


def test_three_days_of_trying_are_enough_tries_for_a_long_outage() -> None:
    longest, tries = 0.0, 0
    while longest < 3 * 86400:
        longest, tries = longest + min(LONGEST, 5 * 2**tries), tries + 1
    assert 20 <= tries < MAX_FAILURES


def test_a_wait_that_the_portal_asks_for_is_kept() -> None:
    assert of_error(_delivery(), Journal(), Throttled("query_limit", after=7)).delay == 7
    assert of_error(_delivery(), Journal(), TryLater("portal_busy", after=9999, method="m")).delay == 9999
    assert of_error(_delivery(), Journal(), PortalUnavailable("x", member_id="m")).delay == PARK_SECONDS


@pytest.mark.parametrize(
    "delivery",
    [
        _delivery(failures=MAX_FAILURES - 1),
        _delivery(give_up_at=datetime.now(UTC)),
        _delivery(failures=15, give_up_at=datetime.now(UTC) + timedelta(minutes=10)),
    ],
    ids=["too many failures", "three days are over", "the next try would come too late"],
)
def test_a_delivery_that_keeps_failing_comes_to_an_end(delivery: Delivery) -> None:
    verdict = of_error(delivery, Journal(), _LATER)
    assert (verdict.state, verdict.problem) == (DeliveryState.DEAD, "portal_busy")
    assert [step.code for step in verdict.steps] == ["portal_busy", "given_up"]


@pytest.mark.parametrize(
    "error", [Throttled("query_limit", after=1), PortalUnavailable("no_owner", member_id="x")]
)
def test_waiting_for_a_limit_or_a_person_kills_no_delivery(error: Exception) -> None:
    old = _delivery(failures=MAX_FAILURES + 1, give_up_at=datetime.now(UTC) - timedelta(days=9))
    assert of_error(old, Journal(), error).state is DeliveryState.WAITING


def test_a_delivery_that_waits_for_the_same_thing_says_so_once() -> None:
    again = _delivery(problem="query_limit")
    assert of_error(again, Journal(), Throttled("query_limit", after=1)).steps == []


def test_an_interrupted_delivery_goes_on_at_once_and_counts_nothing() -> None:
    verdict = interrupted(_delivery())
    assert (verdict.state, verdict.delay, verdict.failed, verdict.problem) == (
        DeliveryState.WAITING, 0, False, None,
    )  # fmt: skip


def test_a_delivered_deal_keeps_what_the_log_shows_of_it() -> None:
    journal = Journal()
    journal.title, journal.amount, journal.currency = "Deal", "10", "RUB"
    verdict = delivered(_delivery(), journal, Outcome("log", hub_deal_id="7"))
    assert (verdict.state, verdict.title, verdict.amount, verdict.hub_deal_id) == (
        DeliveryState.DELIVERED, "Deal", "10", "7",
    )  # fmt: skip
    assert [step.kind for step in verdict.steps] == ["delivered"]
