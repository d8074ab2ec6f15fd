"""The rules that serve a new route before anybody has written a mapping for it."""

from collections.abc import Mapping

from mappings.rule import Rule
from mappings.sources import ConstantSource, FactSource, FieldSource
from mappings.transforms.number import Number
from mappings.transforms.stage_map import StageMap
from mappings.transforms.template import Template
from mappings.transforms.text import Text
from mappings.transforms.user_by_email import UserByEmail

_TITLE_LENGTH = 255
_UTM_LENGTH = 200
_UTM = ("utmSource", "utmMedium", "utmCampaign", "utmContent", "utmTerm")


def rules(stages: Mapping[str, str] | None = None) -> tuple[Rule, ...]:
    """`stages`: partner's stage → hub's stage; without it the hub's own first stage is left to it."""
    return (
        Rule(
            target="title",
            source=FieldSource(name="title"),
            transforms=(Text(trim=False, limit=_TITLE_LENGTH),),
            when_empty="default",
            # Bitrix24 refuses a deal without a title; neither language is known to be the reader's.
            default="Сделка / Deal",
        ),
        Rule(target="opportunity", source=FieldSource(name="opportunity"), transforms=(Number(places=2),)),
        # Else Bitrix24 replaces the amount by the sum of product rows, of which the hub has none.
        Rule(target="isManualOpportunity", source=ConstantSource(value="Y")),
        Rule(target="currencyId", source=FieldSource(name="currencyId")),
        Rule(target="comments", source=FieldSource(name="comments")),
        Rule(target="assignedById", source=FactSource(name="responsible.email"), transforms=(UserByEmail(),)),
        Rule(
            target="sourceDescription",
            source=FactSource(name="deal.url"),
            transforms=(Template(text="{portal.title} ({portal.domain}) #{id}\n{value}"),),
        ),
        *(
            Rule(
                target=name,
                source=FieldSource(name=name),
                transforms=(Text(trim=False, limit=_UTM_LENGTH),),
            )
            for name in _UTM
        ),
        *([_stage(stages)] if stages else []),
    )


def _stage(stages: Mapping[str, str]) -> Rule:
    return Rule(
        target="stageId",
        source=FieldSource(name="stageId"),
        transforms=(StageMap(stages=dict(stages)),),
    )
