"""The table of section 3.4 of the CRM reference, row by row."""

from typing import Any

import pytest

from sandbox.rest.references import resolve

SECTIONS: dict[str, dict[str, Any]] = {
    "result": {"c1": {"item": {"id": 77}}, "n": 15, "a": {"id": 5}, "l": [{"ID": "1"}, {"ID": "2"}]},
    "error": {},
    "total": {"x": 3},
    "next": {},
    "time": {},
}


@pytest.mark.parametrize(
    ("written", "passed"),
    [
        ("$result[c1][item][id]", 77),
        ("$result[c1][item]", {"id": 77}),
        ("id is $result[n] ok", "id is 15 ok"),
        ("D-$result[n]!", "D-15"),
        ("$result[a][id],$result[n]", 5),
        ("$result[missing][item][id]", SECTIONS["result"]),
        ("$result[l][49][ID]", SECTIONS["result"]["l"]),
        ("$result[l][1][ID]", "2"),
        ("$total[usd]", SECTIONS["total"]),
        ("costs $total[usd] now", "costs $total[usd] now"),
        ("$RESULT[n]", None),
        ({"fields": {"contactIds": ["$result[c1][item][id]"]}}, {"fields": {"contactIds": [77]}}),
    ],
)
def test_a_reference_is_resolved_as_far_as_its_path_goes(written, passed):
    assert resolve(written, SECTIONS) == passed
