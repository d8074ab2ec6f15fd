"""The transform `number`."""

import json

import pytest

from mappings.problems import MappingError
from tests.mappings.transforms.running import run


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (0, 2, "0"),
        (1000.5, 2, "1000.5"),
        ("19999.99", 2, "19999.99"),
        (0.1 + 0.2, 2, "0.3"),
        ("1 250 000,50", 2, "1250000.5"),
        ("1\u00a0250\u202f000,5", 2, "1250000.5"),
        ("1,250,000.50", 2, "1250000.5"),
        ("-12,3456", 2, "-12.35"),
        ("−12", 2, "-12"),
        (2.675, 2, "2.68"),
        ("2.5", 0, "3"),
        ("-0.001", 2, "0"),
        (["1", "2,5"], 2, "[1, 2.5]"),
        # Sixteen and more digits are beyond a float: written as text, exact all the same.
        ("1234567890123456.78", 2, '"1234567890123456.78"'),
        (9007199254740993, 2, "9007199254740993"),
    ],
)
def test_number_is_exact_in_json(value, places, expected):
    assert json.dumps(run(value, {"transform": "number", "places": places})) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("300|RUB", "value_not_number"),
        ("abc", "value_not_number"),
        ("1e5", "value_not_number"),
        ("٣", "value_not_number"),
        (True, "value_not_number"),
        ({"a": 1}, "value_not_number"),
        ("1,250", "value_number_ambiguous"),
        (float("nan"), "value_out_of_range"),
        (float("inf"), "value_out_of_range"),
        (1e300, "value_out_of_range"),
        pytest.param(10**5000, "value_out_of_range", id="5000 digits"),
        ("1" * 25, "value_out_of_range"),
    ],
)
def test_what_is_no_number_is_refused(value, code):
    with pytest.raises(MappingError) as caught:
        run(value, {"transform": "number"})
    assert [problem.code for problem in caught.value.problems] == [code]
