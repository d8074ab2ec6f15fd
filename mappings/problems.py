"""What can be wrong with a mapping or a deal, as data that pages and the journal put into words."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ENGLISH = {
    "value_missing": "is required and the deal has no value for it",
    "value_not_number": "'{value}' is not a number",
    "value_number_ambiguous": "'{value}' may be read as two different numbers",
    "value_out_of_range": "'{value}' is too large a number",
    "value_not_text": "a {value} cannot be written as text",
    "value_not_boolean": "'{value}' is neither yes nor no",
    "value_not_date": "'{value}' is not a date",
    "value_not_reference": "'{value}' is not the number of a record",
    "value_not_single": "holds one value and was given {count}",
    "value_not_transferable": "a {value} cannot be carried over",
    "stage_not_in_pipeline": "stage {stage} is not a stage of pipeline {pipeline}",
    "target_read_only": "cannot be written: Bitrix24 sets it",
    "target_unreachable": "cannot be written through this interface of Bitrix24",
    "target_owned": "belongs to the bridge, which recognises its own deals by it",
    "target_unknown": "is no field of a deal",
    "target_twice": "is filled by more than one rule",
    "transform_unknown": "there is no transform '{transform}'",
    "source_unknown": "there is no source '{source}'",
    "template_broken": "the template cannot be read at character {position}",
    "default_missing": "a default is asked for and none is given",
    "malformed": "{at}: {reason}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason, `field` being the hub's field it concerns ("" for the mapping as a whole)."""

    code: str
    field: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        sentence = _ENGLISH.get(self.code, self.code)
        try:
            sentence = sentence.format_map(self.params)
        except (KeyError, IndexError, ValueError):
            sentence = self.code
        return f"{self.field}: {sentence}" if self.field else sentence


class _Problems(Exception):
    """Carries every problem found, so that a person repairs all of them at once."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(map(str, self.problems))


# A ValueError, so that pydantic takes it from a validator and hands it back in its own error.
class MappingInvalid(_Problems, ValueError):
    """The mapping itself cannot be used."""


class MappingError(_Problems):
    """The deal does not fit the mapping."""


class ValueRefused(Exception):
    """A step cannot go on with this value; the rule turns it into a `Problem` or a `Note`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
