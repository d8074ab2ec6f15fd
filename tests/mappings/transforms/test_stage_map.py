"""The transform `stage_map`."""

import pytest

from mappings.model import Mapping
from mappings.problems import MappingError, MappingInvalid
from tests.mappings.cards import card
from tests.mappings.transforms.running import run_noting

STAGES = {"transform": "stage_map", "stages": {"C3:EXECUTING": "C7:NEW", "NEW": "PREPARATION"}}


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("C3:EXECUTING", {}, ("C7:NEW", [])),
        ("NEW", {}, ("PREPARATION", [])),
        ("C3:WON", {}, (None, ["stage_not_mapped"])),
        ("C3:WON", {"default": "NEW"}, ("NEW", [])),
        (None, {"default": "NEW"}, (None, [])),
    ],
)
def test_stage_map(value, parameters, expected):
    assert run_noting(value, STAGES | parameters) == expected


def stage_rule(**changes):
    return {
        "target": "stageId",
        "source": {"kind": "field", "name": "stageId"},
        "transforms": [STAGES],
        **changes,
    }


@pytest.mark.parametrize(("stage", "pipeline"), [("C3:EXECUTING", 7), ("NEW", 0)])
def test_pipeline_follows_from_the_stage(stage, pipeline):
    mapped = Mapping.parse({"name": "m", "rules": [stage_rule()]}).apply(card({"stageId": stage}))
    assert mapped.fields["categoryId"] == pipeline


def test_a_stage_of_another_pipeline_is_refused():
    other = {"target": "categoryId", "source": {"kind": "constant", "value": 5}}
    with pytest.raises(MappingError, match="stage C7:NEW is not a stage of pipeline 5"):
        Mapping.parse({"name": "m", "rules": [stage_rule(), other]}).apply(card())


def test_what_cannot_be_a_stage_is_refused():
    with pytest.raises(MappingInvalid):
        Mapping.parse({"name": "m", "rules": [stage_rule(transforms=[STAGES | {"default": "Новая стадия"}])]})
