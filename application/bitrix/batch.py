"""Packs commands into Bitrix24's `batch` and takes its answer apart (bitrix24-crm-rest 3)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from b24pysdk.utils.encoding import encode_params

from application.bitrix.answers import TokenRefused, error_parts, translate, unreadable
from application.errors import AppError

MAX_COMMANDS = 50
# Text that looks like a reference is replaced by the portal, and no escape exists (section 3.4).
_REFERENCE = re.compile(r"\$(result|next|total|time|error)\S*\[", re.IGNORECASE)


def fits(params: Mapping[str, Any]) -> bool:
    """Whether a command may travel in a batch: no look-alike references, nothing empty (arrives as [""])."""
    return all(_fits(key) and _fits(value) for key, value in params.items())


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return not _REFERENCE.search(value)
    if isinstance(value, Mapping):
        return bool(value) and fits(value)
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_fits, value))
    return True


def _wire(value: Any) -> Any:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, Mapping):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(item) for item in value]
    return value


def pack(commands: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """The parameters of `batch`; keys are c0, c1 … so that every section of the answer is an object."""
    return {
        "halt": 0,
        "cmd": {
            f"c{index}": f"{method}?{encode_params(_wire(params))}"
            for index, (method, params) in enumerate(commands)
        },
    }


def _section(result: Any, name: str) -> dict[str, Any]:
    value = result.get(name) if isinstance(result, dict) else None
    return value if isinstance(value, dict) else {}  # an empty PHP array prints as a list


def unpack(
    answer: dict[str, Any], commands: Sequence[tuple[str, dict[str, Any]]], *, member_id: str, writes: bool
) -> list[Any | AppError | TokenRefused]:
    """One result or error per command; a key the portal left out has an unknown outcome."""
    result = answer.get("result")
    values, failures = _section(result, "result"), _section(result, "result_error")
    outcomes: list[Any | AppError | TokenRefused] = []
    for index, (method, _) in enumerate(commands):
        key = f"c{index}"
        if key in values:
            outcomes.append(values[key])
        elif key in failures:
            failure = failures[key]
            code, description = error_parts(failure if isinstance(failure, dict) else {"error": failure})
            outcomes.append(translate(code, description, member_id=member_id, method=method, writes=writes))
        else:
            outcomes.append(unreadable(200, method=method, writes=writes))
    return outcomes
