"""Where a rule takes its value from: a field of the deal, a constant, or a fact about where it comes from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mappings.card import Card
from mappings.problems import MappingInvalid, Problem
from mappings.targets import deal
from mappings.values import Constant

_FIELD = re.compile(r"[a-z][A-Za-z0-9_]{0,99}")
_ROBOT = re.compile(r"robot\.[A-Za-z_][A-Za-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True)
class Fact:
    read: Callable[[Card], Any]
    needs: frozenset[str] = frozenset()


def _deal_url(card: Card) -> str | None:
    number = deal.reference_or_none(card.deal.get("id"))
    return None if number is None else f"https://{card.portal.domain}/crm/deal/details/{number}/"


FACTS: dict[str, Fact] = {
    "portal.domain": Fact(lambda card: card.portal.domain),
    "portal.title": Fact(lambda card: card.portal.title or card.portal.domain),
    "portal.member_id": Fact(lambda card: card.portal.member_id),
    "deal.url": Fact(_deal_url, frozenset({"id"})),
    "responsible.email": Fact(lambda card: card.responsible_email, frozenset({"assignedById"})),
}


def is_field(name: str) -> bool:
    return _FIELD.fullmatch(name) is not None


def is_fact(name: str) -> bool:
    return name in FACTS or _ROBOT.fullmatch(name) is not None


def read(name: str, card: Card) -> Any:
    """The value of a field (`title`) or fact (`portal.title`); None where the deal has none."""
    if name in FACTS:
        return FACTS[name].read(card)
    if _ROBOT.fullmatch(name):
        return card.robot.get(name.removeprefix("robot."))
    value = card.deal.get(name)
    # Bitrix24 writes an unset reference as 0 in one answer and as null in the next.
    if deal.is_reference(name) and not isinstance(value, list | tuple) and value in (0, "0"):
        return None
    return value


def needs(name: str) -> frozenset[str]:
    """Fields of the source deal that must be read for `name` to be known."""
    if name in FACTS:
        return FACTS[name].needs
    return frozenset({name}) if is_field(name) else frozenset()


def _known(check: Callable[[str], bool]) -> Callable[[str], str]:
    def validate(name: str) -> str:
        if not check(name):
            raise MappingInvalid((Problem("source_unknown", "", {"source": name}),))
        return name

    return validate


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSource(_Source):
    kind: Literal["field"] = "field"
    name: Annotated[str, AfterValidator(_known(is_field))]

    def read(self, card: Card) -> Any:
        return read(self.name, card)

    def needs(self) -> frozenset[str]:
        return needs(self.name)


class ConstantSource(_Source):
    kind: Literal["constant"] = "constant"
    value: Constant

    def read(self, card: Card) -> Any:  # noqa: ARG002  # the same question is put to every source
        return self.value

    def needs(self) -> frozenset[str]:
        return frozenset()


class FactSource(_Source):
    kind: Literal["fact"] = "fact"
    name: Annotated[str, AfterValidator(_known(is_fact))]

    def read(self, card: Card) -> Any:
        return read(self.name, card)

    def needs(self) -> frozenset[str]:
        return needs(self.name)


Source = Annotated[FieldSource | ConstantSource | FactSource, Field(discriminator="kind")]
