"""What must hold for any deal and any mapping."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappings.model import Mapping
from mappings.problems import MappingError, MappingInvalid, Problem
from mappings.targets import deal
from tests.mappings.cards import card

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [
            "0",
            "Y",
            "1,250",
            "300|RUB",
            "NEW",
            "C3:NEW",
            "C99:X",
            "2026-05-14T10:26:32+03:00",
            10**400,
            -0.0,
            1e300,
        ]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "id",
    "title",
    "stageId",
    "opportunity",
    "companyId",
    "contactIds",
    "begindate",
    "ufCrm_1",
    "assignedById",
]
TARGETS = [*FIELDS[1:], "opened", "categoryId", "currencyId", "comments", "observers", "ufCrm_2", "closedate"]
DEALS = st.dictionaries(st.sampled_from(FIELDS), JSON) | st.dictionaries(st.text(), JSON, max_size=5)
STEPS = st.one_of(
    st.builds(
        lambda trim, limit: {"transform": "text", "trim": trim, "limit": limit},
        st.booleans(),
        st.none() | st.integers(1, 50),
    ),
    st.builds(lambda places: {"transform": "number", "places": places}, st.integers(0, 10)),
    st.builds(
        lambda values: {"transform": "dictionary", "values": values},
        st.dictionaries(st.text(max_size=3), st.text() | st.integers(), min_size=1, max_size=3),
    ),
    st.builds(
        lambda fallback: {"transform": "user_by_email", "fallback": fallback}, st.none() | st.integers(1, 9)
    ),
    st.just({"transform": "stage_map", "stages": {"NEW": "C7:NEW"}, "default": "C8:WON"}),
    st.sampled_from(
        [
            {"transform": "template", "text": text}
            for text in ("{value}", "{title} {deal.url}", "{{{ufCrm_1}}} {robot.tags}")
        ]
    ),
)
SOURCES = st.one_of(
    st.builds(lambda name: {"kind": "field", "name": name}, st.sampled_from(FIELDS)),
    st.builds(
        lambda name: {"kind": "fact", "name": name},
        st.sampled_from(["portal.title", "deal.url", "responsible.email", "robot.comment", "robot.tags"]),
    ),
    st.just({"kind": "constant", "value": "12"}),
)
RULES = st.fixed_dictionaries(
    {
        "target": st.sampled_from(TARGETS),
        "source": SOURCES,
        "transforms": st.lists(STEPS, max_size=3),
        "when_empty": st.sampled_from(["skip", "fail"]),
        "on_error": st.sampled_from(["skip", "fail"]),
    }
).filter(lambda rule: rule["source"]["kind"] != "constant" or rule["transforms"])
MAPPINGS = st.builds(
    lambda rules: Mapping.parse({"name": "any", "rules": rules}),
    st.lists(RULES, max_size=6, unique_by=lambda rule: rule["target"]),
)


def outcome(mapping: Mapping, data: dict[str, Any]) -> Any:
    try:
        return mapping.apply(card(data))
    except MappingError as error:
        return said(error)


def said(error: MappingError | MappingInvalid) -> tuple[Problem, ...]:
    found = error.problems
    assert found
    assert str(error)
    return found


@given(DEALS)
def test_the_default_mapping_answers_any_deal(data):
    outcome(Mapping.default({"NEW": "C3:NEW"}), data)


@given(MAPPINGS, DEALS)
def test_any_mapping_answers_any_deal_and_always_alike(mapping, data):
    first = outcome(mapping, data)
    assert repr(first) == repr(outcome(mapping, data))
    if isinstance(first, tuple):
        return
    assert json.loads(json.dumps(first.fields, allow_nan=False)) == first.fields
    assert all(deal.refusal(name) is None for name in first.fields)
    assert all(value not in (None, "", []) for value in first.fields.values())


@given(MAPPINGS, DEALS)
def test_a_mapping_reads_only_what_it_needs(mapping, data):
    needed = {name: value for name, value in data.items() if name in mapping.needs()}
    assert repr(outcome(mapping, data)) == repr(outcome(mapping, needed))


@given(MAPPINGS)
def test_a_stored_mapping_is_the_same_mapping(mapping):
    assert Mapping.parse(mapping.model_dump()) == mapping
    assert Mapping.parse(json.loads(mapping.model_dump_json())) == mapping


@given(JSON | st.fixed_dictionaries({"name": JSON, "rules": st.lists(RULES | JSON, max_size=4) | JSON}))
def test_parse_answers_anything_with_a_mapping_or_its_problems(data):
    try:
        Mapping.parse(data)
    except MappingInvalid as error:
        said(error)


@given(st.text(min_size=1), st.text(min_size=1))
def test_what_people_wrote_arrives_unchanged(comments, custom):
    rules = [
        *Mapping.default().model_dump()["rules"],
        {"target": "ufCrm_1", "source": {"kind": "field", "name": "ufCrm_1"}},
    ]
    mapping = Mapping.parse({"name": "m", "rules": rules})
    fields = mapping.apply(card({"title": comments[:255], "comments": comments, "ufCrm_1": custom})).fields
    assert (fields["title"], fields["comments"], fields["ufCrm_1"]) == (comments[:255], comments, custom)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2))
def test_an_amount_keeps_every_digit(amount):
    fields = Mapping.default().apply(card({"opportunity": str(amount)})).fields
    sent = json.loads(json.dumps(fields["opportunity"]), parse_float=str)
    assert type(amount)(str(sent)) == amount
