"""The transform `text`."""

import pytest

from tests.mappings.transforms.running import run, run_noting


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("  счёт \n", {}, "счёт"),
        ("  счёт \n", {"trim": False}, "  счёт \n"),
        ("[B]x[/B] $result[a][id] \u200d👩‍👩‍👧", {}, "[B]x[/B] $result[a][id] \u200d👩‍👩‍👧"),
        ("абвгд", {"limit": 5}, "абвгд"),
        ("абвгде", {"limit": 5}, "абвг…"),
        ("ab", {"limit": 1}, "…"),
        (17, {}, "17"),
        (17.0, {}, "17"),
        (0.1, {}, "0.1"),
        (1e-7, {}, "0.0000001"),
        (True, {}, "Y"),
        ([" a ", None, "b"], {}, ["a", "b"]),
        ("   ", {}, None),
        (None, {}, None),
    ],
)
def test_text(value, parameters, expected):
    assert run(value, {"transform": "text", **parameters}) == expected


def test_shortened_text_is_mentioned():
    assert run_noting("абвгде", {"transform": "text", "limit": 3}) == ("аб…", ["text_shortened"])
