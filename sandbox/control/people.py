"""Control calls about users and their incoming webhooks."""

import secrets
from typing import Any

from sandbox.control.routes import Ask, Table
from sandbox.crm import rights
from sandbox.world.model import User

Json = dict[str, Any]


def add(ask: Ask) -> Json:
    users, body = ask.portal.users, ask.body
    number = max(users, default=0) + 1
    users[number] = User(
        number, body["name"], body["last_name"], body["email"], admin=bool(body.get("admin"))
    )
    return users[number].brief()


def change(ask: Ask) -> Json:
    user = ask.portal.users[int(ask.parts[1])]
    user.active = bool(ask.body.get("active", user.active))
    user.admin = bool(ask.body.get("admin", user.admin))
    for action, level in (ask.body.get("rights") or {}).items():
        if action not in rights.ACTIONS or level not in rights.LEVELS:
            raise ValueError(f"no right {action}={level}")
        user.rights[action] = level
    return user.brief() | {"active": user.active}


def add_webhook(ask: Ask) -> Json:
    code = secrets.token_hex(8)
    ask.portal.webhooks[code] = (ask.user_id, tuple(ask.body.get("scopes") or ("crm",)))
    return {"code": code, "url": f"{ask.portal.rest_url}{ask.user_id}/{code}/"}


TABLE: Table = {
    "POST portals/*/users": add,
    "PATCH portals/*/users/*": change,
    "POST portals/*/webhooks": add_webhook,
}
