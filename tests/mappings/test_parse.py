"""What is refused when a mapping is parsed, and how it is said."""

import json

import pytest

from mappings.model import Mapping
from mappings.problems import MappingInvalid, Problem

TITLE = {"kind": "field", "name": "title"}


def problems(data):
    with pytest.raises(MappingInvalid) as caught:
        Mapping.parse(data)
    assert str(caught.value)
    return caught.value.problems


def rule_problems(**rule):
    found = problems({"name": "m", "rules": [{"target": "title", "source": TITLE, **rule}]})
    return [(problem.code, problem.field) for problem in found]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (name, "target_read_only")
        for name in (
            "id",
            "closed",
            "isNew",
            "stageSemanticId",
            "createdTime",
            "createdBy",
            "updatedTime",
            "updatedBy",
            "movedTime",
            "movedBy",
            "isReturnCustomer",
            "isRepeatedApproach",
            "previousStageId",
        )
    ]
    + [("originId", "target_owned"), ("originatorId", "target_owned")]
    + [("productRows", "target_unreachable"), ("exchRate", "target_unreachable")]
    + [
        (name, "target_unknown")
        for name in ("TITLE", "UF_CRM_1", "ufcrm_1", "titel", "", "ufCrm_1 ", "ufCrm-1")
    ],
)
def test_a_target_that_cannot_be_written_is_refused(target, code):
    assert rule_problems(target=target) == [(code, target)]


@pytest.mark.parametrize(
    "target",
    [
        "title",
        "stageId",
        "observers",
        "utmTerm",
        "ufCrm_1721244707107",
        "ufCrmMyString",
        "ufCrm_INN2",
        "ufMYFIELD1",
        "parentId1220",
    ],
)
def test_a_target_that_can_be_written_is_taken(target):
    Mapping.parse({"name": "m", "rules": [{"target": target, "source": TITLE}]})


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"transforms": [{"transform": "zip"}]}, "transform_unknown"),
        ({"transforms": [{}]}, "malformed"),
        ({"transforms": [{"transform": "text", "limit": 0}]}, "malformed"),
        ({"transforms": [{"transform": "text", "length": 5}]}, "malformed"),
        ({"transforms": [{"transform": "dictionary", "values": {}}]}, "malformed"),
        ({"source": {"kind": "field", "name": "UF_CRM_1"}}, "source_unknown"),
        ({"source": {"kind": "fact", "name": "portal.secret"}}, "source_unknown"),
        ({"source": {"kind": "python", "name": "x"}}, "malformed"),
        ({"source": {"kind": "constant", "value": {"a": 1}}}, "malformed"),
        ({"source": {"kind": "constant", "value": ["a", "b"]}}, "value_not_single"),
        ({"when_empty": "default"}, "default_missing"),
        ({"on_error": "default", "default": ""}, "default_missing"),
        ({"target": "assignedById", "when_empty": "default", "default": 0}, "default_missing"),
        ({"target": "opportunity", "default": "много"}, "value_not_number"),
        ({"when_empty": "explode"}, "malformed"),
        ({"colour": "red"}, "malformed"),
    ],
)
def test_a_faulty_rule_is_refused(rule, code):
    assert {found for found, _ in rule_problems(**rule)} == {code}
    assert {field for _, field in rule_problems(**rule)} == {rule.get("target", "title")}


def test_two_rules_for_one_field_are_refused():
    rules = [{"target": "title", "source": TITLE}] * 3
    assert problems({"name": "m", "rules": rules}) == (Problem("target_twice", "title", {"at": ""}),)


def test_every_problem_is_named_at_once():
    rules = [
        {"target": "id", "source": {"kind": "field", "name": "UF_X"}, "transforms": [{"transform": "zip"}]},
        {"target": "title", "source": TITLE, "when_empty": "default"},
        {"target": "title", "source": TITLE},
        3,
    ]
    assert {(problem.code, problem.field) for problem in problems({"rules": rules})} == {
        ("malformed", ""),
        ("target_read_only", "id"),
        ("source_unknown", "id"),
        ("transform_unknown", "id"),
        ("default_missing", "title"),
        ("target_twice", "title"),
    }


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        "x",
        [],
        {},
        {"name": "m"},
        {"name": "", "rules": []},
        {"name": "m", "rules": "x"},
        {"name": "m", "rules": [], "target": "lead"},
        {"name": "m", "rules": [], "extra": 1},
        {"rules": {"0": {}}},
    ],
)
def test_what_is_no_mapping_at_all_is_refused(data):
    assert problems(data)


@pytest.mark.parametrize("mode", ["python", "json"])
def test_a_mapping_survives_being_stored(mode):
    mapping = Mapping.default({"NEW": "C3:NEW"})
    stored = mapping.model_dump(mode=mode)
    assert Mapping.parse(stored) == mapping
    if mode == "json":
        assert Mapping.parse(json.loads(json.dumps(stored))).model_dump_json() == mapping.model_dump_json()


def test_a_mapping_does_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Mapping.default().name = "x"  # type: ignore[misc]  # that is what is tested


def test_the_schema_describes_each_transform():
    assert {"Template", "Dictionary", "StageMap", "Text", "Number", "UserByEmail"} <= set(
        Mapping.model_json_schema()["$defs"]
    )
