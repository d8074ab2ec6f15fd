"""Layouts of configurable activities: what they may hold, and what a click on one of their parts does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.wire.errors import RestError

Json = dict[str, Any]

_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: fields that must and may be there, those that are objects, maps of objects, and words."""

    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    parts: tuple[tuple[str, "Shape"], ...] = ()
    maps: tuple[tuple[str, "Shape", int], ...] = ()
    words: tuple[tuple[str, frozenset[str]], ...] = ()


_SLIDER = Shape((), ("width", "leftBoundary", "title"))
_ACTION = Shape(
    ("type",),
    ("uri", "id", "actionParams", "animationType", "sliderParams"),
    (("sliderParams", _SLIDER),),
    words=(
        ("type", frozenset({"redirect", "restEvent", "openRestApp"})),
        ("animationType", frozenset({"disable", "loader"})),
    ),
)
_CLICK = (("action", _ACTION),)
_ICON = Shape(("code",))
TAG_WORDS = frozenset({"success", "failure", "warning", "primary", "secondary"})
_TAG = Shape(("title", "type"), ("action",), _CLICK, words=(("type", TAG_WORDS),))
_HEADER = Shape(("title",), ("titleAction", "tags"), (("titleAction", _ACTION),), (("tags", _TAG, 2),))
_BLOCK = Shape(("type",), ("properties", "scope"))
_LOGO = Shape(("code",), ("action",), _CLICK)
_BODY = Shape(("logo",), ("blocks",), (("logo", _LOGO),), (("blocks", _BLOCK, 20),))
_BUTTON = Shape(
    ("title", "type", "action"),
    ("scope", "hideIfReadonly"),
    _CLICK,
    words=(("type", frozenset({"primary", "secondary"})),),
)
_MENU_ITEM = Shape(("title", "action"), ("scope", "hideIfReadonly", "sort", "icon", "section"), _CLICK)
_MENU = Shape(
    (),
    ("showPinItem", "showPostponeItem", "showDeleteItem", "items", "sections"),
    maps=(("items", _MENU_ITEM, 10),),
)
_FOOTER = Shape((), ("buttons", "menu"), (("menu", _MENU),), (("buttons", _BUTTON, 2),))
LAYOUT = Shape(
    ("icon", "header", "body"),
    ("footer",),
    (("icon", _ICON), ("header", _HEADER), ("body", _BODY), ("footer", _FOOTER)),
)


def check(value: Any, shape: Shape = LAYOUT, path: str = "layout") -> None:
    """Raise with the code that the documentation gives to what is wrong first."""
    if not isinstance(value, dict):
        raise RestError("WRONG_FIELD_VALUE", f"Wrong value of the field {path}")
    _check_names(value, shape, path)
    for name, allowed in shape.words:
        if name in value and value[name] not in allowed:
            raise RestError("ENUM_FIELD", f"Wrong value of the field {path}.{name}")
    for name, part in shape.parts:
        if value.get(name) not in (None, []):
            check(value[name], part, f"{path}.{name}")
    for name, part, most in shape.maps:
        _check_map(value.get(name) or {}, part, most, f"{path}.{name}")


def _check_names(value: Json, shape: Shape, path: str) -> None:
    must = (*shape.must, "id") if shape is _ACTION and value.get("type") == "restEvent" else shape.must
    for name in must:
        if value.get(name) in (None, "", []):
            raise RestError("FIELD_IS_REQUIRED", f"Field {path}.{name} is required")
    for name in value:
        if name not in must and name not in shape.may:
            raise RestError("FIELD_IS_REDUNDANT", f"Field {path}.{name} is redundant")


def _check_map(value: Any, shape: Shape, most: int, path: str) -> None:
    if not isinstance(value, dict):
        raise RestError("KEY_CONTAIN_WRONG_SYMBOLS", f"Keys of {path} contain wrong symbols")
    if len(value) > most:
        raise RestError("TOO_MANY_ITEMS", f"Too many items in {path}: at most {most}")
    for key, item in value.items():
        if not _KEY.fullmatch(key):
            raise RestError("KEY_CONTAIN_WRONG_SYMBOLS", f"Key {path}.{key} contains wrong symbols")
        check(item, shape, f"{path}.{key}")


def actions(value: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every part that can be clicked: its path without `action`, as `footer.buttons.go`, and its action."""
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        where = f"{path}.{name}" if path else name
        if name in ("action", "titleAction") and isinstance(item, dict):
            yield path if name == "action" else where, item
        elif name != "actionParams":
            yield from actions(item, where)
