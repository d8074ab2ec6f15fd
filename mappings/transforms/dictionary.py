"""Replaces a value by the one written beside it in a dictionary."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.card import Note
from mappings.transforms.contract import Label, Noted, Parameters, Scope, Transform
from mappings.values import Scalar, shown, text_of


class Dictionary(Parameters):
    transform: Literal["dictionary"] = "dictionary"
    values: Annotated[dict[str, Scalar], Field(min_length=1, max_length=5000)]
    """Keys are the source values as text: option 44 is "44", a set tick is "Y"."""
    default: Scalar = None


def run(value: Any, parameters: Dictionary, scope: Scope) -> Any:
    key = text_of(value)
    if key in parameters.values:
        return parameters.values[key]
    if parameters.default is not None:
        return parameters.default
    return Noted(None, Note("option_not_mapped", {"field": scope.field, "value": shown(key)}))


TRANSFORM = Transform(
    code="dictionary",
    label=Label(ru="Замена по словарю", en="Replace by dictionary"),
    parameters=Dictionary,
    run=run,
)
