"""Files in custom fields and comments: taking them in both encodings, and addresses that lead to them."""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode

from sandbox.crm.fields import Field
from sandbox.holdings.state import StoredFile
from sandbox.wire import moments, php
from sandbox.world.portal import Portal

Item = dict[str, Any]


def store(portal: Portal, name: str, content: bytes, author_id: int, now: float, **more: Any) -> StoredFile:
    stored = StoredFile(portal.next_id(), name, content, author_id, moments.stamp(now), **more)
    portal.held.files[stored.id] = stored
    return stored


def decoded(value: Any) -> tuple[str, bytes] | None:
    """Read `["name", "<base64>"]`; `None` for anything else and for what is no base64."""
    parts = php.values(value)
    if len(parts) != 2 or not all(isinstance(part, str) and part for part in parts):
        return None
    try:
        return parts[0], base64.b64decode(parts[1].encode(), validate=True)
    except (binascii.Error, ValueError):
        return None


def accept(portal: Portal, field: Field, value: Any, current: Any, author: int, now: float) -> Any:
    """Keep the files that `value` names or carries and answer their ids.

    A new file is `["name", "<base64>"]` or, in the older family, `{"fileData": […]}`; `{"id": 12}` keeps
    one. `crm.item.*` drops what is not named, the older family what is marked with `remove`.
    """
    known = set(current if field.multiple else [current]) if current else set()
    if not field.multiple:
        return next(iter(_taken(portal, [value], known, author, now)), None)
    given = php.values(value) if isinstance(value, list | dict) else []
    if decoded(value) or _marked(value):
        given = [value]
    taken = _taken(portal, given, known, author, now)
    if any(isinstance(item, dict) and _marked(item) for item in given):
        removed = {php.to_int(item.get("id")) for item in given if isinstance(item, dict)}
        return [number for number in current or [] if number not in removed] + taken
    return taken


def _marked(item: Any) -> bool:
    return isinstance(item, dict) and bool({"fileData", "remove"} & set(item))


def _taken(portal: Portal, given: list[Any], known: set[int], author: int, now: float) -> list[int]:
    ids: list[int] = []
    for item in given:
        source = item.get("fileData") if isinstance(item, dict) and "fileData" in item else item
        if new := decoded(source):
            ids.append(store(portal, *new, author, now).id)
        elif isinstance(item, dict) and not php.truthy(item.get("remove")):
            number = php.to_int(item.get("id"))
            if number in known:
                ids.append(number)
    return ids


def token(portal: Portal, kind: str, query: dict[str, Any], credential: str) -> str:
    """Sign for one credential what an address opens: `crm|<query>|<what is signed>.<signature>`."""
    text = base64.b64encode(f"{urlencode(query)}&_={secrets.token_urlsafe(18)}".encode()).decode()
    signed = base64.b64encode(f'"{kind}|{text}|{credential}"'.encode()).decode()
    return f"{kind}|{text}|{signed}.{_signature(portal, kind, text, credential)}"


def opened(portal: Portal, text: str, credential: str) -> tuple[str, dict[str, str]] | None:
    """Check a token; answer its kind and query, `None` if it is forged or of another credential."""
    parts = text.split("|")
    if len(parts) != 3:
        return None
    kind, query, rest = parts
    signature = rest.rpartition(".")[2]
    if not hmac.compare_digest(signature, _signature(portal, kind, query, credential)):
        return None
    return kind, {name: values[0] for name, values in parse_qs(base64.b64decode(query).decode()).items()}


def _signature(portal: Portal, kind: str, query: str, credential: str) -> str:
    return hmac.new(portal.key, f"{kind}|{query}|{credential}".encode(), hashlib.sha256).hexdigest()
