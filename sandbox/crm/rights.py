"""What users who are no administrators may do with records: everything, only with their own, nothing."""

from collections.abc import Callable
from typing import Any

from sandbox.world.model import User

Item = dict[str, Any]

ACTIONS = ("read", "add", "update", "delete", "import")
LEVELS = ("all", "own", "none")
_DEFAULTS = {"import": "none"}


def level(user: User | None, action: str) -> str:
    """Answer "all", "own" or "none"; automation, which is nobody, may do everything."""
    if user is None or user.admin or user.system:
        return "all"
    return user.rights.get(action) or _DEFAULTS.get(action, "all")


def may(user: User | None, action: str, item: Item) -> bool:
    granted = level(user, action)
    return granted == "all" or (granted == "own" and user is not None and _owns(user, item, action))


def view(user: User | None) -> Callable[[Item], bool] | None:
    """What a list must still ask of each row; `None` when the user sees everything."""
    if level(user, "read") == "all":
        return None
    return lambda item: may(user, "read", item)


def _owns(user: User, item: Item, action: str) -> bool:
    watches = action == "read" and user.id in (item.get("observers") or ())
    return item.get("assignedById") == user.id or watches
