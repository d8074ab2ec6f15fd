"""Values as Bitrix24 sends and takes them: what is empty, what is a number, how a thing looks as text."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import AllowInfNan, StrictBool, StrictFloat, StrictInt, StrictStr

from mappings.problems import ValueRefused

Scalar = StrictStr | StrictBool | StrictInt | Annotated[StrictFloat, AllowInfNan(False)] | None
Constant = Scalar | tuple[Scalar, ...]
"""What an admin may write into a mapping as a value."""

_SHOWN = 60
_LARGEST = 10**16  # amounts are DECIMAL(18,2) in Bitrix24
_LARGEST_TEXT = 10**60  # Python refuses to print integers of thousands of digits
_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f'’")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_AMBIGUOUS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")


def is_empty(value: Any) -> bool:
    """`0`, `False` and blank text are values; a list is empty when all its items are."""
    if isinstance(value, list | tuple):
        return all(item is None or item in ("", [], {}) for item in value)
    return value is None or (isinstance(value, str | dict) and not value)


def shown(value: Any) -> str:
    """Short enough for a message: a problem must not carry a whole comment along."""
    if isinstance(value, str):
        return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    if isinstance(value, int | float) and (not isinstance(value, int) or abs(value) < _LARGEST_TEXT):
        return str(value)
    return type(value).__name__


def text_of(value: Any) -> str:
    """Numbers without exponent or rounding, yes and no as Y and N."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int) and abs(value) < _LARGEST_TEXT:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    raise ValueRefused("value_not_text", value=shown(value))


def decimal_of(value: Any) -> Decimal:
    """The exact number meant, from a JSON number or from text as people in either country write it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueRefused("value_not_number", value=shown(value))
    if isinstance(value, str):
        return _decimal_of_text(value)
    if not math.isfinite(value) if isinstance(value, float) else abs(value) >= _LARGEST:
        raise ValueRefused("value_out_of_range", value=shown(value))
    # repr of a float is the shortest text that means it: 0.1 stays 0.1.
    return Decimal(repr(value))


def _decimal_of_text(value: str) -> Decimal:
    digits = value.translate(_SPACES).replace("−", "-")
    if _AMBIGUOUS.fullmatch(digits):
        raise ValueRefused("value_number_ambiguous", value=shown(value))
    digits = digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits.replace(",", ".")
    if not _NUMBER.fullmatch(digits):
        raise ValueRefused("value_not_number", value=shown(value))
    return Decimal(digits)


def number_of(value: Any, places: int) -> int | float | str:
    """A JSON number of at most `places` decimals; as text where a float would change its digits."""
    exact = decimal_of(value)
    if abs(exact) >= _LARGEST:
        raise ValueRefused("value_out_of_range", value=shown(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == rounded.to_integral_value():
        return int(rounded)
    number = float(rounded)
    return number if Decimal(repr(number)) == rounded else format(rounded, "f")
