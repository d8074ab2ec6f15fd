"""Page sessions: a short-lived bearer token that says which user of which portal is looking."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from quart import g, request

from application.crypto import KeyRing, SessionInvalid
from application.messages import Language
from placements.problems import ApiError

LIFETIME = timedelta(minutes=12)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, as Bitrix24 confirmed it when the session began."""

    portal_id: UUID
    member_id: str
    user_id: int
    administrator: bool
    language: Language


def issue(keys: KeyRing, viewer: Viewer) -> str:
    claims: dict[str, Any] = {
        "sub": f"{viewer.member_id}:{viewer.user_id}",
        "portal": str(viewer.portal_id),
        "adm": viewer.administrator,
        "lang": viewer.language,
    }
    return keys.issue_session(claims, LIFETIME)


def viewer(keys: KeyRing) -> Viewer:
    """Who sent this request. Raises ApiError 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = keys.read_session(token if scheme.lower() == "bearer" else "")
        member_id, _, user_id = claims["sub"].partition(":")
        found = Viewer(
            UUID(claims["portal"]), member_id, int(user_id), bool(claims["adm"]),
            "ru" if claims["lang"] == "ru" else "en",
        )  # fmt: skip
    except (SessionInvalid, KeyError, ValueError, AttributeError):
        raise ApiError(401, "session_lost") from None
    g.language = found.language
    return found


def administrator(keys: KeyRing) -> Viewer:
    """As `viewer`, but only administrators pass: ApiError 403."""
    found = viewer(keys)
    if not found.administrator:
        raise ApiError(403, "administrators_only")
    return found
