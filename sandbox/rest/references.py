"""References like `$result[key][id]` in batch commands, resolved as far as the path goes."""

import re
from typing import Any

_REFERENCE = re.compile(r"\$(result|error|total|next|time)([^\s]*)", re.IGNORECASE)
_STEP = re.compile(r"\[([^\]]+)\]")


def resolve(value: Any, results: dict[str, dict[str, Any]]) -> Any:
    """Replace references in parameter values at any depth."""
    if isinstance(value, dict):
        return {key: resolve(item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, results) for item in value]
    if isinstance(value, str) and "$" in value:
        return _resolve_text(value, results)
    return value


def _resolve_text(text: str, results: dict[str, dict[str, Any]]) -> Any:
    for match in _REFERENCE.finditer(text):
        found = _walk(results.get(match.group(1)), _STEP.findall(match.group(2)))
        if match.group(0) == text:
            return found
        # Only numbers and strings can stand inside a longer text; anything else stays as written.
        if isinstance(found, str | int | float) and not isinstance(found, bool):
            text = text.replace(match.group(0), str(found))
    return text


def _walk(value: Any, steps: list[str]) -> Any:
    for step in steps:
        child = _child(value, step)
        if child is None:
            break
        value = child
    return value


def _child(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None
