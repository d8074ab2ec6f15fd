"""Values of a robot's properties as they travel to the application: typed, with expressions filled in."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.crm import legacy
from sandbox.crm.fields import DEAL
from sandbox.wire import moments, php
from sandbox.world.model import PlacedRobot
from sandbox.world.portal import Portal

Json = dict[str, Any]

EXPRESSION = re.compile(r"\{=Document:([A-Za-z0-9_]+)\}")
_CULTURES = {"ru": ("%d.%m.%Y", "%d.%m.%Y %H:%M:%S"), "en": ("%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p")}
_IGNORED = frozenset(
    {"Title", "UseSubscription", "IsTimeout", "AuthUserId", "SetStatusMessage", "StatusMessage"}
    | {"TimeoutDuration", "TimeoutDurationType"}
)


def of_call(portal: Portal, robot: Json, placed: PlacedRobot, deal: Json | None) -> Json:
    """Fill in and type the values; what has no value is sent with its default, or empty."""
    given = placed.properties
    # Printing the whole deal is dear; most robots have no expression.
    document = _document(portal, deal) if deal and EXPRESSION.search(str(given)) else {}
    out: Json = {}
    for name, definition in (robot.get("PROPERTIES") or {}).items():
        if name not in _IGNORED:
            value = given.get(name, definition.get("DEFAULT", ""))
            out[name] = _typed(portal, definition, value, document)
    return out


def text_of(portal: Portal, text: str, deal: Json | None) -> str:
    """Fill expressions into a text, as the address of a webhook robot."""
    document = _document(portal, deal) if deal and EXPRESSION.search(text) else {}
    return EXPRESSION.sub(lambda match: _joined(document.get(match.group(1))), text)


def _document(portal: Portal, deal: Json) -> Json:
    """A deal as expressions see it: users by their codes, dates in the site's format."""
    known = legacy.by_legacy(portal, DEAL)
    # Files travel by their numbers; their addresses are made for REST alone.
    out = legacy.printed(portal, DEAL, deal, {name for name, field in known.items() if field.type != "file"})
    for name, field in known.items():
        convert, value = _CONVERSIONS.get(field.type), deal.get(field.name)
        if field.type != "file":
            value = out.get(name)
        if convert and value:
            many = isinstance(value, list)
            out[name] = [convert(portal, one) for one in value] if many else convert(portal, value)
    return out


def _typed(portal: Portal, definition: Json, value: Any, document: Json) -> Any:
    """A multiple value is a list, a single one a list only if an expression yields several."""
    values = value if isinstance(value, list) else [value]
    found = [item for one in values for item in _evaluated(one, document)]
    convert = _CONVERSIONS.get(str(definition.get("TYPE") or "string").lower())
    if convert:
        found = [convert(portal, item) if item not in ("", None) else "" for item in found]
    if isinstance(value, list) or len(found) > 1:
        return found
    if str(definition.get("MULTIPLE") or "N").upper() in ("Y", "1", "TRUE") and found != [""]:
        return found
    return found[0] if found else ""


def _evaluated(value: Any, document: Json) -> list[Any]:
    if isinstance(value, bool):
        return ["Y" if value else "N"]
    if not isinstance(value, str):
        return [value]
    alone = EXPRESSION.fullmatch(value)
    if alone:
        found = document.get(alone.group(1))
        return found if isinstance(found, list) else ["" if found is None else found]
    return [EXPRESSION.sub(lambda match: _joined(document.get(match.group(1))), value)]


def _joined(value: Any) -> str:
    return ", ".join(php.to_text(item) for item in value) if isinstance(value, list) else php.to_text(value)


def _user(_portal: Portal, value: Any) -> str:
    text = php.to_text(value)
    return f"user_{text}" if text.isdigit() else text


def _yes_or_no(_portal: Portal, value: Any) -> str:
    return "N" if value in ("N", "0", "", 0, False, None) else "Y"


def _date(portal: Portal, value: Any, *, day: bool = True) -> str:
    """Print in the culture of the site; what is no date, or is so printed already, stays as it is."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if moment.tzinfo is not None:
        moment = moment.astimezone(moments.OFFSET)
    text = moment.strftime(_CULTURES[portal.language][0 if day else 1])
    return text[:-2] + text[-2:].lower() if portal.language == "en" and not day else text


def _moment(portal: Portal, value: Any) -> str:
    return _date(portal, value, day=False)


def _file(_portal: Portal, value: Any) -> str:
    """A file travels as its internal number, never as an address."""
    return php.to_text(value.get("id") or value.get("ID")) if isinstance(value, dict) else php.to_text(value)


_CONVERSIONS: dict[str, Callable[[Portal, Any], Any]] = {
    "user": _user,
    "employee": _user,
    "bool": _yes_or_no,
    "boolean": _yes_or_no,
    "date": _date,
    "datetime": _moment,
    "file": _file,
}
