"""What a transform is: typed parameters, a label in both languages and one pure function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from mappings.card import Card, Note


class Parameters(BaseModel):
    """One use of a transform in a mapping; `transform` is its code, narrowed by each transform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transform: str

    def needs(self) -> frozenset[str]:
        """Fields of the source deal that it reads beside the value it is given."""
        return frozenset()


class Label(NamedTuple):
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transform may look at beside its value: the whole card and the hub field being filled."""

    card: Card
    field: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A value together with what a person should know about it."""

    value: Any
    note: Note


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Transform(Generic[P]):
    """`run` returns a value, None for "nothing", or `Noted`; it raises `ValueRefused` and nothing else."""

    code: str
    label: Label
    parameters: type[P]
    run: Callable[[Any, P, Scope], Any]
    whole: bool = False
    """Takes lists and empty values as they are; otherwise it is run for each item that is there."""
