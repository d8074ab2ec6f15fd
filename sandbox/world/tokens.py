"""Codes, access and refresh tokens with the lifetimes and the rotation of the authorization server."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.world.model import Token

ACCESS_LIFETIME = 3600
REFRESH_LIFETIME = 180 * 86400
CODE_LIFETIME = 30.0
_KEPT_EXPIRED = 200_000


class Tokens:
    """All tokens ever issued and not revoked, by their text."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}

    def mint(self, member_id: str, client_id: str, user_id: int) -> Token:
        now = self._now()
        token = Token(
            access=_text(now + ACCESS_LIFETIME, user_id),
            refresh=_text(now + REFRESH_LIFETIME, user_id),
            member_id=member_id,
            client_id=client_id,
            user_id=user_id,
            expires=int(now) + ACCESS_LIFETIME,
            refresh_expires=now + REFRESH_LIFETIME,
        )
        self._by_access[token.access] = token
        self._by_refresh[token.refresh] = token
        if len(self._by_access) > _KEPT_EXPIRED:
            self._forget(t for t in list(self._by_access.values()) if t.expires < now)
        return token

    def find(self, access: str) -> Token | None:
        return self._by_access.get(access)

    def expired(self, token: Token) -> bool:
        return token.expires <= self._now()

    def owner(self, refresh: str) -> str | None:
        """The `member_id` of the portal that a refresh token is for."""
        token = self._by_refresh.get(refresh)
        return token.member_id if token else None

    def hand_over(self, member_id: str, client_id: str, user_id: int, heir: int) -> None:
        """Make the tokens of one user those of another."""
        for token in [*self._of(member_id, client_id), *self._by_refresh.values()]:
            if _matches(token, member_id, client_id) and token.user_id == user_id:
                token.user_id = heir

    def rotate(self, refresh: str, client_id: str) -> Token | None:
        """Spend a refresh token; `None` if it is unknown, spent, foreign or too old."""
        token = self._by_refresh.get(refresh)
        if token is None or token.client_id != client_id or token.refresh_expires <= self._now():
            return None
        del self._by_refresh[refresh]
        return self.mint(token.member_id, token.client_id, token.user_id)

    def expire(self, member_id: str | None, client_id: str | None = None) -> int:
        """Make access tokens expired (they can still be refreshed)."""
        found = self._of(member_id, client_id)
        for token in found:
            token.expires = min(token.expires, self._now() - 1)
        return len(found)

    def revoke(self, member_id: str | None, client_id: str | None = None) -> int:
        """Make tokens and refresh tokens unknown."""
        found = self._of(member_id, client_id)
        self._forget(found)
        for refresh, token in list(self._by_refresh.items()):
            if _matches(token, member_id, client_id):
                del self._by_refresh[refresh]
        return len(found)

    def _of(self, member_id: str | None, client_id: str | None) -> list[Token]:
        return [t for t in self._by_access.values() if _matches(t, member_id, client_id)]

    def _forget(self, tokens: Iterable[Token]) -> None:
        for token in list(tokens):
            self._by_access.pop(token.access, None)


@dataclass(frozen=True, slots=True)
class Code:
    member_id: str
    client_id: str
    user_id: int
    expires: float


class Codes:
    """The authorization codes that no application has exchanged yet; each is good once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._open: dict[str, Code] = {}

    def issue(self, member_id: str, client_id: str, user_id: int) -> str:
        text = secrets.token_hex(35)
        self._open[text] = Code(member_id, client_id, user_id, self._now() + CODE_LIFETIME)
        return text

    def spend(self, text: str, client_id: str) -> Code | None:
        """Exchange a code; `None` if it is unknown, spent, late or somebody else's."""
        code = self._open.get(text)
        if code is None or code.client_id != client_id:
            return None
        del self._open[text]
        return code if code.expires > self._now() else None


def _matches(token: Token, member_id: str | None, client_id: str | None) -> bool:
    return member_id in (None, token.member_id) and client_id in (None, token.client_id)


def _text(expires: float, user_id: int) -> str:
    """Live tokens carry their expiry (little-endian) and their user; clients must not rely on it."""
    return (
        int(expires).to_bytes(4, "little").hex()
        + secrets.token_hex(8)
        + f"{user_id:08x}"
        + secrets.token_hex(19)
    )
