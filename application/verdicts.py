"""Decides what happens next with a delivery after one run of it."""

import random
from datetime import UTC, datetime, timedelta

import structlog

from application.contract import Journal, Outcome
from application.errors import AppError, PortalUnavailable, Rejected, Throttled, TryLater
from application.model import Delivery, DeliveryState
from application.store.lanes import Verdict

log = structlog.get_logger()

PARK_SECONDS = 120.0
MAX_FAILURES = 100
_FIRST_BACKOFF = 5.0
_LONGEST_BACKOFF = 6 * 3600.0


def backoff(failures: int) -> float:
    """Seconds before the next try: full jitter under a ceiling that doubles from 5 s to 6 h."""
    ceiling = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** min(failures, 20))
    return random.uniform(ceiling / 10, ceiling)  # noqa: S311 - jitter, not a secret


def delivered(delivery: Delivery, journal: Journal, outcome: Outcome) -> Verdict:
    journal.add("delivered", "delivered", hub_deal_id=outcome.hub_deal_id or "")
    return _verdict(delivery, journal, DeliveryState.DELIVERED, hub_deal_id=outcome.hub_deal_id)


def interrupted(delivery: Delivery) -> Verdict:
    """The worker is stopping: somebody else goes on at once, and nothing counts as a failure."""
    return Verdict(delivery, DeliveryState.WAITING)


def of_error(delivery: Delivery, journal: Journal, error: Exception) -> Verdict:
    """What an error means for its delivery (see `application.errors`)."""
    if not isinstance(error, AppError):
        log.error("delivery_bug", delivery=str(delivery.id), exc_info=error)
        error = TryLater("internal_error", error=type(error).__name__)
    if isinstance(error, Rejected):
        journal.add("rejected", error.code, **error.params)
        return _verdict(delivery, journal, DeliveryState.REJECTED, error)
    if isinstance(error, Throttled | PortalUnavailable) and delivery.problem != error.code:
        journal.add("throttled", error.code, **error.params)  # once, not at every look
    if isinstance(error, Throttled):
        return _verdict(delivery, journal, DeliveryState.WAITING, error, delay=error.after or 1.0)
    if isinstance(error, PortalUnavailable):
        return _verdict(delivery, journal, DeliveryState.WAITING, error, delay=PARK_SECONDS)
    delay = max(backoff(delivery.failures), (error.after if isinstance(error, TryLater) else None) or 0.0)
    journal.add("failed", error.code, **error.params)
    if (
        delivery.failures + 1 >= MAX_FAILURES
        or datetime.now(UTC) + timedelta(seconds=delay) > delivery.give_up_at
    ):
        journal.add("dead", "given_up")
        return _verdict(delivery, journal, DeliveryState.DEAD, error, failed=True)
    return _verdict(delivery, journal, DeliveryState.WAITING, error, delay=delay, failed=True)


def _verdict(
    delivery: Delivery, journal: Journal, state: DeliveryState, error: AppError | None = None, *,
    delay: float = 0.0, failed: bool = False, hub_deal_id: str | None = None,
) -> Verdict:  # fmt: skip
    return Verdict(
        delivery,
        state,
        delay=delay,
        failed=failed,
        problem=error.code if error else None,
        params=error.params if error else {},
        title=journal.title,
        amount=journal.amount,
        currency=journal.currency,
        hub_deal_id=hub_deal_id,
        steps=journal.steps,
    )
