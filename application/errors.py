"""What can go wrong, sorted by what the worker does about it.

AppError
├── TryLater            transient: again with backoff; counts as a failure
│   ├── OutcomeUnknown  a write whose fate nobody told us: looked up before it is sent again
│   └── Throttled       a limit asks us to wait; does not count
├── PortalUnavailable   nothing works there until a person acts: parks the portal
└── Rejected            can never succeed as it is: shown to the user, not retried

Anything else that escapes a handler is our bug: retried like TryLater, logged with its trace.
"""

from datetime import datetime
from typing import Any

from application.messages import sentence


class AppError(Exception):
    """An error with a code that `application.messages` can put into words; `params` hold no secrets."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.not_carried_out: datetime | None = None
        """For an error of a create: the `sent_at` of the ledger row that is proven not to have happened."""

    def __str__(self) -> str:
        return sentence(self.code, "en", self.params)


class TryLater(AppError):
    """Transient. `after` is the least number of seconds to wait; None leaves it to the backoff."""

    def __init__(self, code: str, *, after: float | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.after = after


class OutcomeUnknown(TryLater):
    """The portal may or may not have carried out a write."""


class Throttled(TryLater):
    """A limit asks us to wait `after` seconds; neither a failure nor an attempt."""

    def __init__(self, code: str, *, after: float, **params: Any) -> None:
        super().__init__(code, after=after, **params)


class PortalUnavailable(AppError):
    """Nothing works on the portal `member_id` until a person acts there."""

    def __init__(self, code: str, *, member_id: str, **params: Any) -> None:
        super().__init__(code, **params)
        self.member_id = member_id


class Rejected(AppError):
    """Can never succeed as it is; the sentence and the remedy are shown to a person."""
