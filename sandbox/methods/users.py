"""Users of the portal."""

from typing import Any

from sandbox.methods import listing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError
from sandbox.world.model import User

_WITH_EMAIL = frozenset({"user", "user_basic"})
_ANY = _WITH_EMAIL | {"user_brief"}


def get(request: Request) -> Reply:
    """List users. Conditions on fields that the scope does not expose are dropped silently."""
    _need_scope(request)
    shows_email = bool(_WITH_EMAIL & request.caller.scopes)
    given = request.get("filter")
    source = given if isinstance(given, dict) else request.params
    rows = [_row(user, email=shows_email) for user in request.portal.users.values() if not user.system]
    for key, value in php.pairs(source):
        rows = _narrowed(rows, key.upper(), value, email=shows_email)
    chosen = {php.to_text(name).upper() for name in php.values(request.get("select"))}
    if chosen and "*" not in chosen:
        rows = [{name: value for name, value in row.items() if name in chosen} for row in rows]
    start = max(0, request.start())
    shown, total = listing.slice_of(rows, start)
    return listing.reply(shown, len(shown), total, start)


def current(request: Request) -> Reply:
    _need_scope(request)
    return Reply(_row(request.caller.user, email=bool(_WITH_EMAIL & request.caller.scopes)))


def admin(request: Request) -> Reply:
    return Reply(request.caller.user.admin)


def profile(request: Request) -> Reply:
    user = request.caller.user
    return Reply(
        {
            "ID": str(user.id),
            "ADMIN": user.admin,
            "NAME": user.name,
            "LAST_NAME": user.last_name,
            "PERSONAL_GENDER": "",
            "TIME_ZONE": "",
            "TIME_ZONE_OFFSET": 0,
        }
    )


def _need_scope(request: Request) -> None:
    if not _ANY & request.caller.scopes:
        raise RestError(
            "insufficient_scope",
            "The request requires higher privileges than provided by the access token",
            401,
        )


def _row(user: User, *, email: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "ID": str(user.id),
        "XML_ID": "",
        "ACTIVE": user.active,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "SECOND_NAME": "",
        "USER_TYPE": "employee",
        "WORK_POSITION": "",
        "UF_DEPARTMENT": [1],
    }
    return row | {"EMAIL": user.email} if email else row


def _narrowed(rows: list[dict[str, Any]], key: str, value: Any, *, email: bool) -> list[dict[str, Any]]:
    name = key.lstrip("=@!%<>")
    if name not in ("ID", "ACTIVE", "NAME", "LAST_NAME", "EMAIL") or (name == "EMAIL" and not email):
        return rows
    if name == "ACTIVE":
        wanted = value not in ("N", "0", 0, False, "false", "")
        return [row for row in rows if row["ACTIVE"] is wanted]
    texts = {
        php.to_text(v).lower() for v in (php.values(value) if isinstance(value, list | dict) else [value])
    }
    if key.startswith(">"):
        return [row for row in rows if int(row["ID"]) > php.to_int(value)]
    negated = key.startswith("!")
    return [row for row in rows if (str(row[name]).lower() in texts) is not negated]


METHODS = [
    Method("user.get", get),
    Method("user.current", current),
    Method("user.admin", admin),
    Method("profile", profile),
]
