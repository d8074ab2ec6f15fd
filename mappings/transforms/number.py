"""Reads a number exactly and rounds it half up to a given count of decimals."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.transforms.contract import Label, Parameters, Scope, Transform
from mappings.values import number_of


class Number(Parameters):
    transform: Literal["number"] = "number"
    places: Annotated[int, Field(ge=0, le=10)] = 2


def run(value: Any, parameters: Number, _scope: Scope) -> int | float | str:
    return number_of(value, parameters.places)


TRANSFORM = Transform(
    code="number",
    label=Label(ru="Число", en="Number"),
    parameters=Number,
    run=run,
)
