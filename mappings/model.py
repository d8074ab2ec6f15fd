"""The mapping: named rules that turn a partner's deal into the hub's deal."""

import collections.abc
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mappings import default, reading
from mappings.card import Card, Mapped, Note
from mappings.problems import MappingError, MappingInvalid, Problem, ValueRefused
from mappings.rule import Rule
from mappings.targets import deal


class Mapping(BaseModel):
    """Data through and through: `model_dump(mode="json")` and `parse` are each other's inverse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    target: Literal["deal"] = "deal"
    rules: Annotated[tuple[Rule, ...], Field(max_length=1000)]

    @classmethod
    def default(cls, stages: collections.abc.Mapping[str, str] | None = None) -> Self:
        """What a route starts with; `stages` maps the partner's stages to the hub's."""
        return cls(name="default", rules=default.rules(stages))

    @classmethod
    def parse(cls, data: object) -> Self:
        """Raises `MappingInvalid` with every problem found."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            problems = reading.problems(error, data)
        raise MappingInvalid(problems)

    @model_validator(mode="after")
    def _each_target_once(self) -> Self:
        twice = reading.repeated(rule.target for rule in self.rules)
        if twice:
            raise MappingInvalid(tuple(Problem("target_twice", target) for target in twice))
        return self

    def needs(self) -> frozenset[str]:
        """Fields of the source deal, in camelCase, that must be read for `apply`."""
        return frozenset().union(*(rule.needs() for rule in self.rules))

    def apply(self, card: Card) -> Mapped:
        """Raises `MappingError` with every field that failed."""
        fields: dict[str, Any] = {}
        notes: list[Note] = []
        problems: list[Problem] = []
        for rule in self.rules:
            try:
                applied = rule.apply(card)
            except ValueRefused as refused:
                problems.append(Problem(refused.code, rule.target, refused.params))
                continue
            notes.extend(applied.notes)
            if applied.value is not None:
                fields[rule.target] = applied.value
        problems.extend(deal.completed(fields))
        if problems:
            raise MappingError(tuple(problems))
        return Mapped(fields, tuple(notes))
