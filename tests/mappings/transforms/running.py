"""Runs one transform through a rule on a custom field, as a mapping does."""

from typing import Any

from mappings.model import Mapping
from tests.mappings.cards import card

TARGET = "ufCrm_1"


def run(value: Any, *steps: dict[str, Any]) -> Any:
    """What the hub's field gets; None if it is left alone. Raises `MappingError`."""
    return run_noting(value, *steps)[0]


def run_noting(value: Any, *steps: dict[str, Any], target: str = TARGET) -> tuple[Any, list[str]]:
    rule = {"target": target, "source": {"kind": "field", "name": "ufCrm_9"}, "transforms": list(steps)}
    mapped = Mapping.parse({"name": "one", "rules": [rule]}).apply(card({"id": 5, "ufCrm_9": value}))
    return mapped.fields.get(target), [note.code for note in mapped.notes]
