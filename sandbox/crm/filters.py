"""Filters: prefixes, comparison and the plan that finds candidates without reading everything."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.crm.fields import Field
from sandbox.crm.records import Item, Records
from sandbox.wire import moments, php
from sandbox.wire.errors import RestError

_PREFIX = re.compile(r"(!><|!%=|!=%|>=|<=|!=|!@|!%|=%|%=|><|[=!@><%]|)(.*)", re.DOTALL)
_LISTS = frozenset({"", "=", "!", "!=", "@", "!@", "><", "!><"})
_NUMBERS = frozenset(
    {"integer", "double", "user", "employee", "crm_company", "crm_contact", "crm_category", "enumeration"}
)


@dataclass(slots=True)
class Condition:
    """One `prefix + field: value` of a filter; `members` are the values of a plain list."""

    operator: str
    field: Field
    value: Any
    members: frozenset[Any] | None = None

    def matches(self, item: Item) -> bool:
        if self.members is not None:
            return item.get(self.field.name) in self.members
        negated = self.operator.startswith("!")
        return _compare(self.operator.lstrip("!"), item.get(self.field.name), self.value) is not negated


@dataclass(slots=True)
class Group:
    """Conditions joined by AND or OR."""

    parts: "list[Condition | Group]"
    any: bool = False

    def matches(self, item: Item) -> bool:
        found = (part.matches(item) for part in self.parts)
        return any(found) if self.any and self.parts else all(found)


Find = Callable[[str, str], Field | None]


def split(key: str) -> tuple[str, str]:
    match = _PREFIX.fullmatch(key)
    return (match.group(1), match.group(2)) if match else ("", key)


def build(source: Any, find: Find, *, strict: bool) -> Group:
    """Read a filter. `find(prefix, name)` answers the field; strictly, an unknown one is an error."""
    parts: list[Condition | Group] = []
    logic = "AND"
    for key, value in php.pairs(source):
        if key.lower() == "logic" and isinstance(value, str):
            logic = value.upper()
        elif key.isdigit() and isinstance(value, dict | list):
            parts.append(build(value, find, strict=strict))
        elif condition := _condition(key, value, find, strict=strict):
            parts.append(condition)
    return Group(parts, any=logic == "OR")


def _condition(key: str, value: Any, find: Find, *, strict: bool) -> Condition | None:
    operator, name = split(key)
    field = find(operator, name)
    if field is None:
        if strict:
            raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
        return None
    values = php.values(value) if isinstance(value, list | dict) else None
    if values is not None and operator not in _LISTS:
        if strict:
            raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' has invalid value")
        # The older lists cast an array to a scalar: (int)[…] is 1.
        values, value = None, 1
    if strict and field.type in _NUMBERS and not _all_numeric(values if values is not None else [value]):
        raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' has invalid value")
    if operator in ("@", "!@") and values is None:
        values = [value]
    if values is None:
        return Condition(operator, field, _native(field, value))
    kept = [_native(field, v) for v in values]
    plain = operator in ("", "=", "@") and not field.multiple and not {None, "", "N"} & set(kept)
    return Condition(operator, field, kept, frozenset(kept) if plain else None)


def _all_numeric(values: list[Any]) -> bool:
    return all(v in (None, "", False) or v is True or php.is_numeric(v) for v in values)


def _native(field: Field, value: Any) -> Any:
    if value is None or (value is False and field.type != "boolean"):
        return None
    if field.type in _NUMBERS:
        return None if value == "" else php.to_float(value)
    if field.type == "boolean":
        # Custom fields are kept as 1 and 0, and that is what a filter must ask for.
        yes = (True, 1, "1") if field.custom else (True, "Y", "y", "true", 1, "1")
        return "Y" if value in yes else "N"
    if field.type in ("date", "datetime"):
        return moments.parse(value, day=field.type == "date")
    return php.to_text(value)


def _compare(operator: str, have: Any, want: Any) -> bool:
    if isinstance(have, list):
        wanted = want if isinstance(want, list) else [want]
        return any(item in have for item in wanted) if wanted != [None] else not have
    if operator in ("", "=", "@"):
        return any(_equal(have, item) for item in want) if isinstance(want, list) else _equal(have, want)
    if operator == "><":
        return isinstance(want, list) and len(want) == 2 and have is not None and want[0] <= have <= want[1]
    if operator in ("%", "%=", "=%"):
        return _like(operator, have, php.to_text(want))
    if have is None or want is None:
        return False
    ordered = {">": have > want, ">=": have >= want, "<": have < want, "<=": have <= want}
    return bool(ordered.get(operator))


def _equal(have: Any, want: Any) -> bool:
    if want in (None, ""):
        return have in (None, "", 0)
    return bool(have == want) or (have is None and want == "N")


def _like(operator: str, have: Any, want: str) -> bool:
    text, pattern = php.to_text(have).lower(), want.lower()
    if operator == "%":
        return pattern in text
    return re.fullmatch(re.escape(pattern).replace("%", ".*"), text, re.DOTALL) is not None


def candidates(records: Records, group: Group) -> Iterable[Item]:
    """Narrow by ids or origins where the filter names them; in order of ids."""
    for part in () if group.any else group.parts:
        if not isinstance(part, Condition) or part.value in (None, ""):
            continue
        wanted = part.value if isinstance(part.value, list) else [part.value]
        if part.operator in ("", "=", "@") and part.field.name == "id":
            return records.by_ids(int(value) for value in wanted if value is not None)
        if part.operator in ("", "=", "@") and part.field.name == "originId" and None not in wanted:
            return records.by_origins(str(value) for value in wanted)
    for part in () if group.any else group.parts:
        if isinstance(part, Condition) and part.operator == ">" and part.field.name == "id" and part.value:
            return records.after(int(part.value))
    return records
