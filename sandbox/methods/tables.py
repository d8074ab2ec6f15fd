"""Plain rows under upper-case names, listed as the older family lists: activities, requisites, addresses."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.crm import filters
from sandbox.crm.fields import Field
from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError

Row = dict[str, Any]
Columns = Mapping[str, Field]


def columns(text: str) -> dict[str, Field]:
    """Read `NAME:type` words; without a type a column holds a string."""
    pairs = (word.partition(":") for word in text.split())
    return {name: Field(name, name, name, kind or "string", name) for name, _, kind in pairs}


def page(
    request: Request,
    rows: Iterable[Row],
    known: Columns,
    *,
    also: Callable[[Row], bool] | None = None,
    shown: Callable[[Row], Row] | None = None,
) -> Reply:
    """Answer a page of 50 with its total; conditions on unknown columns are dropped silently."""

    def find(_prefix: str, name: str) -> Field | None:
        return known.get(name.upper())

    group = filters.build(request.get("filter"), find, strict=False)
    found = [row for row in rows if group.matches(row) and (also is None or also(row))]
    for name, descending in reversed(listing.directions(request.get("order"))):
        if (column := name.upper()) in known:
            found.sort(key=lambda row: listing.sortable(row.get(column)), reverse=descending)
    start = max(0, request.start())
    part = found[start : start + listing.PAGE]
    chosen = {php.to_text(name).upper() for name in php.values(request.get("select"))}
    show = shown or (lambda row: printed(row, known, chosen))
    return listing.reply([show(row) for row in part], len(part), len(found), start)


def printed(row: Row, known: Columns, chosen: set[str] | None = None) -> Row:
    """Print a row, scalars as strings."""
    names = [name for name in known if not chosen or "*" in chosen or name in chosen]
    return {name: text(row.get(name)) for name in names}


def text(value: Any) -> Any:
    return value if value is None or isinstance(value, list | dict) else php.to_text(value)


def given(request: Request, known: Columns) -> Row:
    """Take the known columns of `fields`."""
    fields = request.get("fields")
    pairs = ((name.upper(), value) for name, value in php.pairs(fields))
    return {name: _kept(known[name], value) for name, value in pairs if name in known and name != "ID"}


def _kept(column: Field, value: Any) -> Any:
    if column.type in ("integer", "user") and value is not None:
        return php.to_int(value)
    if column.type == "datetime":
        return moments.parse(value)
    return value if isinstance(value, list | dict) or value is None else php.to_text(value)


def existing(rows: Mapping[int, Row], request: Request) -> Row:
    row = rows.get(request.legacy_id())
    if row is None:
        raise RestError("", "Not found")
    return row
