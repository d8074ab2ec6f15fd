"""Reads the PHP-style forms that Bitrix24 posts, within bounds and without guessing.

b24pysdk's own reader loses one-element lists and insists on tokens that a robot call may lack
(bitrix24-app-protocol 5.2, 5.3), so forms are read here and only the portal's REST is spoken through it.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_FIELDS = 3000
MAX_DEPTH = 8
_MEMBER_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_INDEX = re.compile(r"[0-9]{1,6}", re.ASCII)
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class FormInvalid(Exception):
    """A form that Bitrix24 does not send; `reason` is fit for the answer and the log."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parse_form(body: bytes) -> dict[str, Any]:
    """Nested dictionaries and lists out of `a[b][0]=c`. Raises FormInvalid."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            encoding="utf-8",
            errors="strict",
        )
    except UnicodeDecodeError:
        raise FormInvalid("bad_form", "the form is not percent-encoded UTF-8") from None
    except ValueError:
        raise FormInvalid("bad_form", f"the form has more than {MAX_FIELDS} fields") from None
    tree: dict[str, Any] = {}
    for key, value in pairs:
        _put(tree, _path(key), value)
    if "\x00" in body.decode("ascii") or b"%00" in body:
        raise FormInvalid("bad_form", "the form holds a NUL character")
    listed: dict[str, Any] = {key: _as_list(value) for key, value in tree.items()}
    return listed


def _path(key: str) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None:
        raise FormInvalid("bad_form", "a field name has unbalanced brackets")
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(path) > MAX_DEPTH:
        raise FormInvalid("bad_form", f"a field is nested deeper than {MAX_DEPTH} levels")
    return path


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise FormInvalid("bad_form", "a field is both a value and a list")
        tree = below
    last = path[-1] or str(len(tree))
    if last in tree:
        raise FormInvalid("bad_form", "a field occurs twice")
    tree[last] = value


def _as_list(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if all(_INDEX.fullmatch(key) for key in value) and sorted(map(int, value)) == list(range(len(value))):
        return [_as_list(value[key]) for key in sorted(value, key=int)]
    return {key: _as_list(item) for key, item in value.items()}


@dataclass(frozen=True, slots=True)
class Auth:
    """The `auth` block of a call; tokens are missing when nobody acts (variant c of section 7.3)."""

    member_id: str
    application_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires: int
    user_id: int | None
    scope: str
    domain: str
    server_endpoint: str


@dataclass(frozen=True, slots=True)
class RobotForm:
    """A robot call (section 5.2)."""

    code: str
    workflow_id: str
    document_type: str
    document_id: str
    event_token: str = field(repr=False)
    properties: dict[str, Any]
    waits: bool
    auth: Auth


@dataclass(frozen=True, slots=True)
class EventForm:
    """An event (section 7.3); `event` is upper case."""

    event: str
    data: dict[str, Any]
    auth: Auth


def _text(tree: dict[str, Any], key: str, *, required: bool = True) -> str:
    value = tree.get(key, "")
    if not isinstance(value, str):
        raise FormInvalid("bad_form", f"{key} must be a single value")
    if required and not value:
        raise FormInvalid("missing_field", f"{key} is missing")
    return value


def _number(tree: dict[str, Any], key: str) -> int | None:
    value = _text(tree, key, required=False)
    if value and not _NUMBER.fullmatch(value):
        raise FormInvalid("bad_form", f"{key} must be a number")
    return int(value) if value else None


def _mapping(tree: dict[str, Any], key: str) -> dict[str, Any]:
    value = tree.get(key, {})
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    if not isinstance(value, dict):
        # An empty PHP array may arrive as an empty string.
        if value == "":
            return {}
        raise FormInvalid("bad_form", f"{key} must be a list of values")
    return value


def _auth(tree: dict[str, Any]) -> Auth:
    block = tree.get("auth")
    if not isinstance(block, dict):
        raise FormInvalid("missing_field", "auth is missing")
    member_id = _text(block, "member_id")
    if not _MEMBER_ID.fullmatch(member_id):
        raise FormInvalid("bad_form", "auth[member_id] must be 32 hexadecimal digits")
    return Auth(
        member_id=member_id,
        application_token=_text(block, "application_token"),
        access_token=_text(block, "access_token", required=False),
        refresh_token=_text(block, "refresh_token", required=False),
        expires=_number(block, "expires") or 0,
        user_id=_number(block, "user_id"),
        scope=_text(block, "scope", required=False),
        domain=_text(block, "domain", required=False),
        server_endpoint=_text(block, "server_endpoint", required=False),
    )


def _triple(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(part, str) for part in value):  # noqa: PLR2004 - module, entity, id
        raise FormInvalid("missing_field", f"{key} must have three parts")
    return str(value[2])


def robot_form(body: bytes) -> RobotForm:
    """Read a robot call. Raises FormInvalid."""
    tree = parse_form(body)
    return RobotForm(
        code=_text(tree, "code"),
        workflow_id=_text(tree, "workflow_id"),
        document_type=_triple(tree, "document_type"),
        document_id=_triple(tree, "document_id"),
        event_token=_text(tree, "event_token"),
        properties=_mapping(tree, "properties"),
        waits=_text(tree, "use_subscription", required=False) == "Y",
        auth=_auth(tree),
    )


def event_form(body: bytes) -> EventForm:
    """Read an event. Raises FormInvalid."""
    tree = parse_form(body)
    return EventForm(_text(tree, "event").upper(), _mapping(tree, "data"), _auth(tree))
