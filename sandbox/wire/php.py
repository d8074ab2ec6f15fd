"""PHP's ideas of arrays, query strings and casts, as far as they show on the wire."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

MAX_INPUT_VARS = 1000

_INTEGER_KEY = re.compile(r"0|-?[1-9][0-9]*")
_LEADING_INTEGER = re.compile(r"\s*([+-]?\d+)")
_LEADING_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_SUBSCRIPT = re.compile(r"\[([^\]]*)\]")


def array(value: Mapping[str, Any]) -> Any:
    """Print a PHP array as `json_encode` does: a list if its keys are 0..n-1 in order, else an object."""
    if all(key == str(index) for index, key in enumerate(value)):
        return list(value.values())
    return dict(value)


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Walk over a list or an object as PHP's `foreach ($x as $key => $item)`; a scalar has no items."""
    if isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(value))


def values(value: Any) -> list[Any]:
    return [item for _, item in pairs(value)]


def truthy(value: Any) -> bool:
    """Cast as `(bool)`: the strings "" and "0" are false, "false" is true."""
    return bool(value) and value != "0"


def to_int(value: Any) -> int:
    """Cast as `(int)`: a non-empty array is 1, "12abc" is 12."""
    if isinstance(value, str):
        match = _LEADING_INTEGER.match(value)
        return int(match.group(1)) if match else 0
    if isinstance(value, list | dict):
        return int(bool(value))
    return int(value) if value is not None else 0


def to_float(value: Any) -> float:
    if isinstance(value, str):
        match = _LEADING_NUMBER.match(value)
        return float(match.group(0)) if match else 0.0
    if isinstance(value, list | dict):
        return float(bool(value))
    return float(value) if value is not None else 0.0


def to_text(value: Any) -> str:
    """Cast as `(string)`: true is "1", false and null are "", an array is the word "Array"."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, list | dict):
        return "Array"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_numeric(value: Any) -> bool:
    if isinstance(value, str):
        match = _LEADING_NUMBER.match(value)
        return bool(match) and match.group(0).strip() == value.strip() if match else False
    return isinstance(value, int | float) and not isinstance(value, bool)


def parse_str(query: str, max_vars: int = MAX_INPUT_VARS) -> dict[str, Any]:
    """Read a query string or form body as PHP does; what exceeds `max_vars` is dropped silently."""
    root = _Array()
    for part in query.split("&")[:max_vars] if query else ():
        if not part:
            continue
        name, _, value = part.partition("=")
        _assign(root, unquote_plus(name), unquote_plus(value))
    return {str(key): _frozen(item) for key, item in root.items()}


def build_query(value: Mapping[str, Any]) -> str:
    """Write a form body as `http_build_query`: nulls and empty arrays vanish, indices are explicit."""
    return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in flatten(value))


def flatten(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        yield from _flatten(str(key), item)


def _flatten(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, Mapping | list):
        for key, item in pairs(value):
            yield from _flatten(f"{name}[{key}]", item)
    else:
        yield name, ("1" if value else "0") if isinstance(value, bool) else to_text(value)


class _Array(dict[str, Any]):
    """A PHP array in the making: knows the index that `[]` gives next."""

    next = 0

    def put(self, key: str, value: Any) -> None:
        if _INTEGER_KEY.fullmatch(key):
            self.next = max(self.next, int(key) + 1)
        self[key] = value


def _assign(root: _Array, name: str, value: str) -> None:
    head, bracket, tail = name.partition("[")
    head = head.lstrip().replace(".", "_").replace(" ", "_")
    if not head:
        return
    keys = [head, *(_SUBSCRIPT.findall(bracket + tail) if bracket else ())]
    target = root
    for given in keys[:-1]:
        key = given or str(target.next)
        child = target.get(key)
        if not isinstance(child, _Array):
            child = _Array()
            target.put(key, child)
        target = child
    target.put(keys[-1] or str(target.next), value)


def _frozen(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return array({key: _frozen(item) for key, item in value.items()})
