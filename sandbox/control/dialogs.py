"""What the settings page of a robot is told: `PLACEMENT_OPTIONS` of its private placement."""

from typing import Any

from sandbox.crm import fields, legacy
from sandbox.wire import php
from sandbox.world.automation import robot_of
from sandbox.world.model import Installation
from sandbox.world.portal import Portal

Json = dict[str, Any]

PLACEMENT = "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"
_DOCUMENT = ["crm", "CCrmDocumentDeal", "DEAL"]
_TYPES = {"integer": "int", "boolean": "bool", "enumeration": "select", "crm_status": "select"}


def options(portal: Portal, installation: Installation, given: Json) -> tuple[str, Json]:
    """The address of the page and its options, from `code`, `activity_name`, `current_values`."""
    code = str(given.get("code", ""))
    robot = robot_of(installation, code) or {}
    registered = robot.get("PROPERTIES") or {}
    unified = {name: _unified(portal, name, definition) for name, definition in registered.items()}
    found = {
        "code": code,
        "activity_name": given.get("activity_name") or "A00000_00000_00000_00000",
        "properties": registered if "registered_properties" in portal.quirks else unified,
        "current_values": php.array(given.get("current_values") or {}),
        "document_type": _DOCUMENT,
        "document_fields": _document_fields(portal),
        "template": {"parameters": [], "variables": [], "constants": [], "return_activities": []},
    }
    return str(robot.get("PLACEMENT_HANDLER") or ""), found


def text(portal: Portal, value: Any) -> str:
    """A localized text as the portal shows it: its language, then English, then any."""
    if not isinstance(value, dict):
        return php.to_text(value)
    known = {str(language).upper(): words for language, words in value.items()}
    return str(known.get(portal.language.upper()) or known.get("EN") or next(iter(known.values()), ""))


def _unified(portal: Portal, name: str, definition: Json) -> Json:
    return {
        "Id": name,
        "Type": definition.get("TYPE") or "string",
        "Name": text(portal, definition.get("NAME")),
        "Description": text(portal, definition.get("DESCRIPTION")),
        "Multiple": _flag(definition.get("MULTIPLE")),
        "Required": _flag(definition.get("REQUIRED")),
        "Options": definition.get("OPTIONS"),
        "Settings": None,
        "Default": definition.get("DEFAULT"),
    }


def definitions(portal: Portal, robot: Json) -> list[Json]:
    """The properties of a robot as its built-in editors need them."""
    return [
        _unified(portal, name, definition) for name, definition in (robot.get("PROPERTIES") or {}).items()
    ]


def _document_fields(portal: Portal) -> Json:
    return {
        name: {
            "Name": field.title,
            "Type": _TYPES.get(field.type, field.type),
            "Multiple": field.multiple,
            "Required": field.required,
        }
        for name, field in legacy.by_legacy(portal, fields.DEAL).items()
    }


def _flag(value: Any) -> bool:
    return str(value or "N").upper() in ("Y", "1", "TRUE")
