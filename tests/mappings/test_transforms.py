"""What every transform must bring along."""

from importlib.util import find_spec

import pytest

from mappings.transforms import TRANSFORMS


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.code)
def test_a_transform_has_labels_parameters_and_a_table_of_tests(transform):
    assert transform.label.ru
    assert transform.label.en
    assert transform.parameters.model_fields["transform"].default == transform.code
    assert find_spec(f"mappings.transforms.{transform.code}")
    assert find_spec(f"tests.mappings.transforms.test_{transform.code}")


def test_codes_are_unique():
    assert len({transform.code for transform in TRANSFORMS}) == len(TRANSFORMS)
