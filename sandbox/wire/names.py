"""Names of CRM fields: UPPER_SNAKE as stored, camelCase as `crm.item.*` prints them."""

import re

_TWO_NUMBERS = re.compile(r"(\d+)_(\d+)")
_NUMBER_AND_WORDS = re.compile(r"(\d+)_([A-Z_]+)")


def to_camel(upper: str) -> str:
    """Convert as the portal does, with its special cases for custom fields that hold digits."""
    if not upper.startswith("UF_"):
        return _camel(upper)
    crm = upper.startswith("UF_CRM_")
    rest = upper.removeprefix("UF_CRM_" if crm else "UF_")
    start = "ufCrm" if crm else "uf"
    if not any(letter.isdigit() for letter in rest):
        return _camel(upper)
    if crm and (match := _TWO_NUMBERS.fullmatch(rest)):
        return f"{start}{match.group(1)}_{match.group(2)}"
    if crm and (match := _NUMBER_AND_WORDS.fullmatch(rest)):
        return start + match.group(1) + _camel(match.group(2))[:1].upper() + _camel(match.group(2))[1:]
    return f"{start}_{rest}" if crm else start + rest


def breaks_with_prefix(upper: str) -> bool:
    """Tell whether a filter prefix makes the portal mangle this name: custom, letters mixed with digits."""
    rest = upper.removeprefix("UF_CRM_")
    return rest != upper and any(c.isdigit() for c in rest) and any(c.isalpha() for c in rest)


def mangled(camel: str) -> str:
    """Split a camelCase name as the portal's plain converter does: `ufCrm_INN2` → `UF_CRM_I_NN_2`."""
    text = re.sub(r"([a-z])([A-Z])", r"\1_\2", camel)
    text = re.sub(r"(?<![A-Za-z])([A-Z])([A-Z])", r"\1_\2", text)
    return re.sub(r"([A-Za-z])(\d)", r"\1_\2", text).upper()


def _camel(upper: str) -> str:
    first, *rest = upper.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)
