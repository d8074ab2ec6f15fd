"""Dates and times as portals print them: ISO 8601 in the portal's own offset."""

from datetime import datetime, timedelta, timezone
from typing import Any

OFFSET = timezone(timedelta(hours=3))


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), OFFSET).isoformat()


def midnight(seconds: float) -> str:
    return (
        datetime.fromtimestamp(seconds, OFFSET).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
    )


def parse(value: Any, *, day: bool = False) -> str | None:
    """Bring a date to the portal's form; `None` for what cannot be read. All results sort as text."""
    if not isinstance(value, str) or not value.strip():
        return None
    moment = _read(value.strip())
    if moment is None:
        return None
    moment = moment.replace(tzinfo=OFFSET) if moment.tzinfo is None else moment.astimezone(OFFSET)
    if day:
        moment = moment.replace(hour=0, minute=0, second=0)
    return moment.replace(microsecond=0).isoformat()


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=OFFSET)
        except ValueError:
            continue
    return None
