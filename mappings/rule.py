"""One rule: a field of the hub's deal, where its value comes from and what is done to it on the way."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from mappings.card import Card, Note
from mappings.problems import MappingInvalid, Problem, ValueRefused
from mappings.sources import ConstantSource, Source
from mappings.targets import deal
from mappings.transforms import TRANSFORMS
from mappings.transforms.contract import Noted, Parameters, Scope, Transform
from mappings.values import Constant, is_empty

_BY_CODE = {transform.code: transform for transform in TRANSFORMS}


class _ByCode:
    """Lets pydantic read a step as the parameters of the transform it names."""

    @staticmethod
    def __get_pydantic_core_schema__(_source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.tagged_union_schema(
            {code: handler.generate_schema(transform.parameters) for code, transform in _BY_CODE.items()},
            discriminator="transform",
        )


def _writable(target: str) -> str:
    problem = deal.refusal(target)
    if problem is not None:
        raise MappingInvalid((problem,))
    return target


@dataclass(frozen=True, slots=True)
class Applied:
    """What a rule made: `value` is None if the field is left alone."""

    value: Any
    notes: tuple[Note, ...] = ()


class Rule(BaseModel):
    """Refuses when parsed whatever can be known without a deal; after that only data can be wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Annotated[str, AfterValidator(_writable)]
    source: Source
    transforms: tuple[Annotated[Parameters, _ByCode], ...] = ()
    when_empty: Literal["skip", "fail", "default"] = "skip"
    on_error: Literal["fail", "skip", "default"] = "fail"
    default: Constant = None

    @model_validator(mode="after")
    def _constants_fit(self) -> Self:
        problems = []
        constants = [self.default]
        if isinstance(self.source, ConstantSource) and not self.transforms:
            constants.append(self.source.value)
        for constant in constants:
            try:
                deal.shaped(self.target, constant)
            except ValueRefused as refused:
                problems.append(Problem(refused.code, self.target, refused.params))
        if not problems and self._wants_default() and is_empty(self._default()):
            problems.append(Problem("default_missing", self.target))
        if problems:
            raise MappingInvalid(tuple(problems))
        return self

    def needs(self) -> frozenset[str]:
        return self.source.needs().union(*(step.needs() for step in self.transforms))

    def apply(self, card: Card) -> Applied:
        """Raises `ValueRefused` where the rule says that the deal must then not be written."""
        notes: list[Note] = []
        try:
            value = self._value(card, notes)
        except ValueRefused as refused:
            if self.on_error == "fail":
                raise
            code = "field_skipped" if self.on_error == "skip" else "field_defaulted"
            notes.append(Note(code, {"field": self.target, "problem": refused.code, **refused.params}))
            value = self._default() if self.on_error == "default" else None
        else:
            if is_empty(value) and self.when_empty == "fail":
                raise ValueRefused("value_missing")
            if is_empty(value):
                value = self._default() if self.when_empty == "default" else None
        return Applied(value, tuple(notes))

    def _value(self, card: Card, notes: list[Note]) -> Any:
        scope = Scope(card, self.target)
        value = self.source.read(card)
        for step in self.transforms:
            value = _run(_BY_CODE[step.transform], value, step, scope, notes)
        return deal.shaped(self.target, value)

    def _wants_default(self) -> bool:
        return "default" in {self.when_empty, self.on_error}

    def _default(self) -> Any:
        return deal.shaped(self.target, self.default)


def _run(transform: Transform[Any], value: Any, step: Parameters, scope: Scope, notes: list[Note]) -> Any:
    if not transform.whole:
        if isinstance(value, list | tuple):
            return [_run_one(transform, item, step, scope, notes) for item in value if not is_empty(item)]
        if is_empty(value):
            return None
    return _run_one(transform, value, step, scope, notes)


def _run_one(transform: Transform[Any], value: Any, step: Parameters, scope: Scope, notes: list[Note]) -> Any:
    made = transform.run(value, step, scope)
    if not isinstance(made, Noted):
        return made
    notes.append(made.note)
    return made.value
