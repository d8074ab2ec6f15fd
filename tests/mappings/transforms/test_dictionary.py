"""The transform `dictionary`."""

import pytest

from tests.mappings.transforms.running import run, run_noting

COLOURS = {"transform": "dictionary", "values": {"44": 101, "46": "blue", "Y": "да"}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (44, 101),
        ("44", 101),
        (44.0, 101),
        ("46", "blue"),
        (True, "да"),
        ([44, "46"], [101, "blue"]),
        (None, None),
        ("", None),
    ],
)
def test_dictionary(value, expected):
    assert run(value, COLOURS) == expected


def test_unknown_option_takes_the_default():
    assert run_noting(45, COLOURS | {"default": 100}) == (100, [])


def test_unknown_option_without_default_is_left_out_and_mentioned():
    assert run_noting(45, COLOURS) == (None, ["option_not_mapped"])
    assert run_noting([44, 45], COLOURS) == ([101], ["option_not_mapped"])
