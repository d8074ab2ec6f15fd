"""Trims text and keeps it within the length that the hub's field can hold."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.card import Note
from mappings.transforms.contract import Label, Noted, Parameters, Scope, Transform
from mappings.values import text_of


class Text(Parameters):
    transform: Literal["text"] = "text"
    trim: bool = True
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """In characters, the ellipsis included."""


def run(value: Any, parameters: Text, scope: Scope) -> str | Noted:
    text = text_of(value)
    if parameters.trim:
        text = text.strip()
    if parameters.limit is None or len(text) <= parameters.limit:
        return text
    note = Note("text_shortened", {"field": scope.field, "length": len(text), "limit": parameters.limit})
    return Noted(text[: parameters.limit - 1] + "…", note)


TRANSFORM = Transform(
    code="text",
    label=Label(ru="Обрезать текст", en="Trim and shorten text"),
    parameters=Text,
    run=run,
)
