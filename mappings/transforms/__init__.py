"""The transforms there are; adding one is one file beside this one and one line below."""

from typing import Any

from mappings.transforms import dictionary, number, stage_map, template, text, user_by_email
from mappings.transforms.contract import Transform

TRANSFORMS: tuple[Transform[Any], ...] = (
    dictionary.TRANSFORM,
    number.TRANSFORM,
    stage_map.TRANSFORM,
    template.TRANSFORM,
    text.TRANSFORM,
    user_by_email.TRANSFORM,
)
