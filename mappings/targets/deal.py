"""A deal as `crm.item.add` takes it: which fields may be written and what shape each value has."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from mappings.problems import Problem, ValueRefused
from mappings.values import is_empty, number_of, shown, text_of

_READ_ONLY = frozenset(
    {
        "id",
        "closed",
        "isNew",
        "stageSemanticId",
        "createdTime",
        "createdBy",
        "updatedTime",
        "updatedBy",
        "movedTime",
        "movedBy",
        "isReturnCustomer",
        "isRepeatedApproach",
        "previousStageId",
    }
)
_UNREACHABLE = frozenset(
    {"productRows", "exchRate", "opportunityAccount", "taxValueAccount", "accountCurrencyId"}
)
_OWNED = frozenset({"originId", "originatorId"})
_SOURCE_REFERENCES = frozenset({"createdBy", "updatedBy", "movedBy", "lastActivityBy", "webformId"})
_LARGEST_ID = 2**63
_STAGE = re.compile(r"C([0-9]{1,9}):")


def _single(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    if len(value) != 1:
        raise ValueRefused("value_not_single", count=len(value))
    return value[0]


def _text(value: Any) -> str:
    return text_of(_single(value))


def _amount(value: Any) -> int | float | str:
    return number_of(_single(value), places=2)


def _boolean(value: Any) -> str:
    single = _single(value)
    for word, meanings in (("Y", ("Y", "y", "1", 1)), ("N", ("N", "n", "0", 0))):
        if isinstance(single, str | int | float) and single in meanings:
            return word
    raise ValueRefused("value_not_boolean", value=shown(single))


def _date(value: Any) -> str:
    """Unchanged, with its offset; refused if unreadable, because Bitrix24 would drop it without a word."""
    single = _single(value)
    try:
        datetime.fromisoformat(single)
    except (TypeError, ValueError):
        raise ValueRefused("value_not_date", value=shown(single)) from None
    return str(single)


def _integer(value: Any) -> int:
    single = _single(value)
    if isinstance(single, str) and re.fullmatch(r"[0-9]{1,18}", single):
        return int(single)
    if isinstance(single, float) and math.isfinite(single) and single.is_integer():
        single = int(single)
    if isinstance(single, int) and not isinstance(single, bool) and 0 <= single < _LARGEST_ID:
        return single
    raise ValueRefused("value_not_reference", value=shown(single))


def _reference(value: Any) -> int | None:
    return _integer(value) or None


def _references(value: Any) -> list[int]:
    several = value if isinstance(value, list | tuple) else [value]
    return [number for item in several if not is_empty(item) and (number := _reference(item))]


def _custom(value: Any) -> Any:
    """Text, numbers, money and dates as they are; a custom field's type is not known here."""
    if isinstance(value, list | tuple):
        return [_custom_scalar(item) for item in value if not is_empty(item)]
    return _custom_scalar(value)


def _custom_scalar(value: Any) -> str | int | float:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int) and abs(value) < _LARGEST_ID:
        return value
    if isinstance(value, str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueRefused("value_not_transferable", value=shown(value))


_FIELDS: dict[Callable[[Any], Any], str] = {
    _text: "title typeId stageId currencyId comments sourceId sourceDescription additionalInfo locationId"
    " utmSource utmMedium utmCampaign utmContent utmTerm",
    _amount: "opportunity taxValue",
    _boolean: "isManualOpportunity opened isRecurring",
    _date: "begindate closedate",
    _integer: "categoryId probability",
    _reference: "companyId contactId quoteId leadId assignedById",
    _references: "contactIds observers",
}
_SHAPES = {name: shape for shape, names in _FIELDS.items() for name in names.split()}
_PATTERNS = ((re.compile(r"uf[A-Z][A-Za-z0-9_]*"), _custom), (re.compile(r"parentId[0-9]+"), _reference))


def _shape_of(field: str) -> Callable[[Any], Any] | None:
    for pattern, shape in _PATTERNS:
        if pattern.fullmatch(field):
            return shape
    return _SHAPES.get(field)


def refusal(field: str) -> Problem | None:
    """Why `field` cannot be the target of a rule, or None if it can."""
    if field in _READ_ONLY:
        return Problem("target_read_only", field)
    if field in _UNREACHABLE:
        return Problem("target_unreachable", field)
    if field in _OWNED:
        return Problem("target_owned", field)
    return None if _shape_of(field) else Problem("target_unknown", field)


def is_reference(field: str) -> bool:
    """True if 0 in this field means that nothing is linked."""
    return field in _SOURCE_REFERENCES or _shape_of(field) is _reference


def reference_or_none(value: Any) -> int | None:
    try:
        return _reference(value)
    except ValueRefused:
        return None


def shaped(field: str, value: Any) -> Any:
    """The value as `crm.item.add` expects it; None or an empty list if nothing is left of it."""
    shape = _shape_of(field)
    if shape is None:
        raise ValueRefused("target_unknown")
    if is_empty(value):
        return None
    if isinstance(value, list | tuple):
        value = [item for item in value if not is_empty(item)]
    return shape(value)


def completed(fields: dict[str, Any]) -> tuple[Problem, ...]:
    """Adds the pipeline that a stage implies; Bitrix24 silently replaces a stage of another pipeline."""
    stage = fields.get("stageId")
    if stage is None:
        return ()
    found = _STAGE.match(stage)
    pipeline = int(found[1]) if found else 0
    if fields.setdefault("categoryId", pipeline) == pipeline:
        return ()
    return (Problem("stage_not_in_pipeline", "stageId", {"stage": stage, "pipeline": fields["categoryId"]}),)
