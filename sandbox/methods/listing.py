"""Pages of 50: filtered, ordered, counted or not."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from sandbox.crm.filters import Group, candidates
from sandbox.crm.records import Item, Records
from sandbox.rest.hit import Reply
from sandbox.wire import php

PAGE = 50


def page(
    records: Records,
    group: Group,
    order: list[tuple[str, bool]],
    start: int,
    *,
    visible: Callable[[Item], bool] | None = None,
) -> tuple[list[Item], Any]:
    """Answer a page and the total (`None` when `start` is -1: nothing is counted)."""
    found = (item for item in candidates(records, group) if group.matches(item))
    if visible is not None:
        found = (item for item in found if visible(item))
    by_id = not order or order[0] == ("id", False)
    if start < 0 and by_id:
        return list(islice(found, PAGE)), None
    rows = list(found)
    for name, descending in reversed(order):
        rows.sort(key=lambda item: sortable(item.get(name)), reverse=descending)
    if start < 0:
        return rows[:PAGE], None
    return rows[start : start + PAGE], len(rows)


def reply(result: Any, shown: int, total: int | None, start: int) -> Reply:
    """Add `total` and `next` to a page; without a count there is neither."""
    if total is None:
        return Reply(result)
    more = start + shown < total
    return Reply(result, total, start + shown if more else None)


def slice_of(rows: list[Any], start: int, *, size: int = PAGE) -> tuple[list[Any], int | None]:
    return (rows[:size], None) if start < 0 else (rows[start : start + size], len(rows))


def directions(order: Any) -> list[tuple[str, bool]]:
    """Read `{"field": "DESC"}` into (field, descending)."""
    return [(name, php.to_text(way).upper() == "DESC") for name, way in php.pairs(order)]


def sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return 2, str(value)
