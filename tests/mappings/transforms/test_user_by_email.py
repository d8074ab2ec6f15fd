"""The transform `user_by_email`."""

import pytest

from tests.mappings.transforms.running import run_noting


@pytest.mark.parametrize(
    ("value", "fallback", "target", "expected"),
    [
        ("anna@example.com", None, "assignedById", (6, [])),
        (" ANNA@Example.COM ", None, "assignedById", (6, [])),
        ("gone@example.com", None, "assignedById", (None, ["responsible_not_found"])),
        ("gone@example.com", 3, "assignedById", (3, ["responsible_not_found"])),
        (None, 3, "assignedById", (3, ["responsible_not_found"])),
        ("gone@example.com", None, "ufCrm_1", (None, ["user_not_found"])),
        (["anna@example.com", "boris@example.com"], None, "observers", ([6, 8], [])),
        (["anna@example.com", "gone@example.com"], None, "observers", ([6], ["user_not_found"])),
        (["x@example.com", "y@example.com"], 3, "observers", ([3], ["user_not_found"])),
    ],
)
def test_user_by_email(value, fallback, target, expected):
    assert run_noting(value, {"transform": "user_by_email", "fallback": fallback}, target=target) == expected
