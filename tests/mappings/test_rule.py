"""A rule on data: emptiness, errors, and the shape that the hub's field asks for."""

import pytest

from mappings.model import Mapping
from mappings.problems import MappingError
from tests.mappings.cards import card


def fields(target, value, **changes):
    return applied(target, value, **changes).fields


def applied(target, value, **changes):
    rule = {"target": target, "source": {"kind": "field", "name": "ufCrm_9"}, **changes}
    return Mapping.parse({"name": "m", "rules": [rule]}).apply(card({"ufCrm_9": value}))


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("title", 5, "5"),
        ("opportunity", "19999.999", 20000),
        ("opportunity", 0, 0),
        ("probability", "50", 50),
        ("categoryId", 0, 0),
        ("opened", True, "Y"),
        ("opened", "0", "N"),
        ("begindate", "2026-05-14T10:26:32+03:00", "2026-05-14T10:26:32+03:00"),
        ("companyId", "9", 9),
        ("companyId", 9.0, 9),
        ("companyId", [9], 9),
        ("observers", 2, [2]),
        ("contactIds", ["84", 83, 0], [84, 83]),
        ("parentId1220", 4, 4),
        ("ufCrm_1", "300|RUB", "300|RUB"),
        ("ufCrm_1", False, "N"),
        ("ufCrm_1", 0, 0),
        ("ufCrm6_1639669411830", [0.5, "", "x", None], [0.5, "x"]),
        ("ufCrm_1", "  unchanged\r\n", "  unchanged\r\n"),
    ],
)
def test_a_value_takes_the_shape_of_its_field(target, value, expected):
    assert fields(target, value)[target] == expected
    assert type(fields(target, value)[target]) is type(expected)


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("title", ""),
        ("title", None),
        ("title", []),
        ("companyId", 0),
        ("companyId", "0"),
        ("ufCrm_1", ["", None]),
        ("contactIds", [0]),
        ("assignedById", 0),
        ("ufCrm_1", {}),
    ],
)
def test_what_is_empty_is_left_out(target, value):
    assert fields(target, value) == {}


@pytest.mark.parametrize("name", ["companyId", "contactId", "assignedById", "createdBy", "parentId130"])
def test_an_unset_reference_of_the_source_is_empty(name):
    rule = {"target": "ufCrm_1", "source": {"kind": "field", "name": name}}
    mapping = Mapping.parse({"name": "m", "rules": [rule]})
    assert mapping.apply(card({name: 0})).fields == {}
    assert mapping.apply(card({name: 5})).fields == {"ufCrm_1": 5}


@pytest.mark.parametrize(
    ("target", "value", "code"),
    [
        ("opened", "maybe", "value_not_boolean"),
        ("closedate", "завтра", "value_not_date"),
        ("closedate", 20260514, "value_not_date"),
        ("companyId", "C_9", "value_not_reference"),
        ("companyId", -1, "value_not_reference"),
        ("companyId", True, "value_not_reference"),
        ("contactIds", ["x"], "value_not_reference"),
        ("title", ["a", "b"], "value_not_single"),
        ("title", {"a": 1}, "value_not_text"),
        ("ufCrm_1", {"id": 77, "urlMachine": "https://…"}, "value_not_transferable"),
        ("ufCrm_1", [["a"]], "value_not_transferable"),
        ("ufCrm_1", float("nan"), "value_not_transferable"),
    ],
)
def test_what_does_not_fit_is_named(target, value, code):
    with pytest.raises(MappingError) as caught:
        fields(target, value)
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [(code, target)]
    assert str(caught.value).startswith(f"{target}: ")


def test_when_empty():
    assert fields("title", "", when_empty="default", default="-") == {"title": "-"}
    assert fields("title", "", when_empty="skip", default="-") == {}
    with pytest.raises(MappingError, match="title: is required and the deal has no value for it"):
        fields("title", "", when_empty="fail")


def test_on_error():
    skipped = applied("opportunity", "много", on_error="skip")
    assert skipped.fields == {}
    assert [(note.code, note.params["problem"]) for note in skipped.notes] == [
        ("field_skipped", "value_not_number")
    ]
    defaulted = applied("opportunity", "много", on_error="default", default=0)
    assert defaulted.fields == {"opportunity": 0}
    assert [note.code for note in defaulted.notes] == ["field_defaulted"]


def test_every_failing_field_is_named_at_once():
    rules = [
        {"target": "opportunity", "source": {"kind": "field", "name": "title"}},
        {"target": "title", "source": {"kind": "field", "name": "ufCrm_404"}, "when_empty": "fail"},
        {"target": "comments", "source": {"kind": "field", "name": "title"}},
    ]
    with pytest.raises(MappingError) as caught:
        Mapping.parse({"name": "m", "rules": rules}).apply(card({"title": "x" * 500}))
    assert [problem.field for problem in caught.value.problems] == ["opportunity", "title"]
    assert len(str(caught.value)) < 200


def test_constants_and_robot_properties():
    rules = [
        {"target": "sourceId", "source": {"kind": "constant", "value": "PARTNER"}},
        {"target": "observers", "source": {"kind": "constant", "value": [2, 3]}},
        {"target": "ufCrm_1", "source": {"kind": "fact", "name": "robot.tags"}},
        {"target": "ufCrm_2", "source": {"kind": "fact", "name": "robot.unset"}},
        {"target": "ufCrm_3", "source": {"kind": "fact", "name": "portal.member_id"}},
    ]
    assert Mapping.parse({"name": "m", "rules": rules}).apply(card()).fields == {
        "sourceId": "PARTNER",
        "observers": [2, 3],
        "ufCrm_1": ["a", "b"],
        "ufCrm_3": "a1b2c3",
    }


def test_transforms_run_in_order():
    steps = [
        {"transform": "number", "places": 0},
        {"transform": "dictionary", "values": {"2": "два"}},
        {"transform": "template", "text": "{value}!"},
        {"transform": "text", "limit": 3},
    ]
    assert fields("title", "1,6", transforms=steps) == {"title": "дв…"}
