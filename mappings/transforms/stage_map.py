"""Finds the hub's stage for a stage of the partner; the pipeline follows from the stage."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.card import Note
from mappings.transforms.contract import Label, Noted, Parameters, Scope, Transform
from mappings.values import shown, text_of

Stage = Annotated[str, Field(pattern=r"^(C[0-9]{1,9}:)?[A-Za-z0-9_]{1,50}$")]
"""`NEW` in the general pipeline, `C3:NEW` in pipeline 3."""


class StageMap(Parameters):
    transform: Literal["stage_map"] = "stage_map"
    stages: Annotated[dict[Stage, Stage], Field(max_length=5000)]
    default: Stage | None = None


def run(value: Any, parameters: StageMap, scope: Scope) -> str | Noted | None:
    stage = text_of(value)
    found = parameters.stages.get(stage, parameters.default)
    if found is not None:
        return found
    return Noted(None, Note("stage_not_mapped", {"field": scope.field, "stage": shown(stage)}))


TRANSFORM = Transform(
    code="stage_map",
    label=Label(ru="Соответствие стадий", en="Match stages"),
    parameters=StageMap,
    run=run,
)
