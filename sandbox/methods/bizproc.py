"""`bizproc.robot.*` and `bizproc.activity.*`: two lists of definitions that share their codes."""

import json
import re
from functools import partial
from typing import Any

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import addresses, php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world import automation
from sandbox.world.model import Installation

Json = dict[str, Any]

_CODE = re.compile(r"[a-zA-Z0-9.\-_]+")
_PROPERTY = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_FIELDS = frozenset({"HANDLER", "AUTH_USER_ID", "USE_SUBSCRIPTION", "USE_PLACEMENT", "PLACEMENT_HANDLER"})
_FIELDS |= {"NAME", "DESCRIPTION", "PROPERTIES", "RETURN_PROPERTIES", "DOCUMENT_TYPE", "FILTER"}
_ROBOT, _ACTIVITY = "robot", "activity"
_MAX_CODE, _MAX_HANDLER, _MAX_PROPERTIES = 128, 1000, 65535


def add(kind: str, request: Request) -> Reply:
    installation = _administered(request)
    given = _upper(request.params)
    if not given:
        raise _invalid("Empty data!")
    code = _code(given.get("CODE"))
    if automation.robot_of(installation, code) is not None:
        raise RestError("ERROR_ACTIVITY_ALREADY_INSTALLED", "Activity or Robot already installed!")
    if _missing(given.get("NAME")):
        raise _invalid("Empty activity NAME!")
    row = _checked(given)
    if "HANDLER" not in row:
        row["HANDLER"] = addresses.check("")
    _check_placement(installation, code, row)
    size = len(json.dumps(row.get("PROPERTIES") or {}))
    if len(code) > _MAX_CODE or len(row["HANDLER"]) > _MAX_HANDLER or size >= _MAX_PROPERTIES:
        raise RestError("ERROR_ACTIVITY_ADD_FAILURE", "Activity save error!")
    _table(kind, installation)[code] = row
    return Reply(result=True)


def update(kind: str, request: Request) -> Reply:
    """Replace the given fields wholly."""
    installation = _administered(request)
    given = _upper(request.params)
    code = _code(given.get("CODE"))
    registered = _table(kind, installation)
    if code not in registered:
        raise RestError("ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
    fields = _upper(given.get("FIELDS") if isinstance(given.get("FIELDS"), dict) else {})
    if not set(fields) & (_FIELDS - {"PLACEMENT_HANDLER"}):
        raise _invalid("No fields to update")
    if "NAME" in fields and _missing(fields["NAME"]):
        raise _invalid("Empty activity NAME!")
    row = _checked(fields)
    _check_placement(installation, code, row)
    registered[code] |= row
    return Reply(result=True)


def delete(kind: str, request: Request) -> Reply:
    installation = _administered(request)
    code = _code(_upper(request.params).get("CODE"))
    if _table(kind, installation).pop(code, None) is None:
        raise RestError("ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
    return Reply(result=True)


def list_codes(kind: str, request: Request) -> Reply:
    return Reply(list(_table(kind, _administered(request))))


def _table(kind: str, installation: Installation) -> dict[str, Json]:
    return installation.robots if kind == _ROBOT else installation.activities


def _administered(request: Request) -> Installation:
    installation = request.caller.installation
    if installation is None:
        raise access_denied("Application context required")
    if not request.caller.user.admin:
        raise access_denied()
    return installation


def _upper(given: Any) -> Json:
    return {key.upper(): value for key, value in php.pairs(given)}


def _code(value: Any) -> str:
    code = php.to_text(value)
    if not code:
        raise _invalid("Empty activity code!")
    if not _CODE.fullmatch(code):
        raise _invalid("Wrong activity code!")
    return code


def _checked(given: Json) -> Json:
    """Check the fields that are there, and bring language keys and property keys to upper case."""
    row = {key: value for key, value in given.items() if key in _FIELDS}
    if "HANDLER" in row:
        row["HANDLER"] = addresses.check(row["HANDLER"])
    for name in ("NAME", "DESCRIPTION"):
        if isinstance(row.get(name), dict):
            row[name] = _upper(row[name])
    for name in ("PROPERTIES", "RETURN_PROPERTIES"):
        if row.get(name):
            row[name] = _properties(row[name])
    if "AUTH_USER_ID" in row:
        row["AUTH_USER_ID"] = php.to_int(row["AUTH_USER_ID"])
    kind = row.get("DOCUMENT_TYPE")
    if kind and (len(php.values(kind)) != 3 or not all(isinstance(v, str) for v in php.values(kind))):
        raise _invalid("Wrong activity DOCUMENT_TYPE!")
    if row.get("FILTER") and not isinstance(row["FILTER"], dict):
        raise _invalid("Wrong activity FILTER!")
    return row


def _properties(given: Any) -> Json:
    if not isinstance(given, dict | list):
        raise _invalid("Wrong properties array!")
    out: Json = {}
    for key, definition in php.pairs(given):
        if not _PROPERTY.fullmatch(key):
            raise _invalid(f"Wrong property key ({key})!")
        row = _upper(definition)
        if _missing(row.get("NAME")):
            raise _invalid(f"Empty property NAME ({key})!")
        out[key] = row
    return out


def _check_placement(installation: Installation, code: str, row: Json) -> None:
    if row.get("USE_PLACEMENT") != "Y":
        return
    handler = addresses.check(row.get("PLACEMENT_HANDLER"))
    for other, robot in (installation.robots | installation.activities).items():
        same = robot.get("USE_PLACEMENT") == "Y" and robot.get("PLACEMENT_HANDLER") == handler
        if other != code and same:
            raise RestError(
                "ERROR_CORE",
                "Unable to set placement handler: You should use unique placement handler for each CODE!",
            )


def _missing(name: Any) -> bool:
    return not name or (isinstance(name, dict) and not any(name.values()))


def _invalid(text: str) -> RestError:
    return RestError("ERROR_ACTIVITY_VALIDATION_FAILURE", text)


METHODS = [
    Method(f"bizproc.{kind}.{name}", partial(run, kind), "bizproc")
    for kind in (_ROBOT, _ACTIVITY)
    for name, run in (("add", add), ("update", update), ("delete", delete), ("list", list_codes))
]
