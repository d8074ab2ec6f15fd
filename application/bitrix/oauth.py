"""Speaks to Bitrix24's authorization servers: who a token belongs to, and new tokens for old ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from application.bitrix.transport import Transport
from application.errors import PortalUnavailable, Rejected, TryLater

_UNAUTHORISED = {
    "wrong_client",
    "no_auth_found",
    "not_installed",
    "invalid_client",
    "invalid_token",
    "expired_token",
}


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """What the authorization server says about an access token: the trusted side of a first contact."""

    client_id: str
    member_id: str
    domain: str
    user_id: int
    scopes: tuple[str, ...]
    installed: bool


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The answer to a refresh (bitrix24-app-protocol 3.3); `domain` is the portal's, from client_endpoint."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    domain: str
    member_id: str


def host_of(endpoint: str) -> str:
    """Host, with a port if it has one, of an address such as `https://oauth.bitrix.info/rest/`."""
    return endpoint.partition("://")[2].partition("/")[0].lower()


def split_scopes(text: str) -> tuple[str, ...]:
    """Scopes come comma-separated, and by some documents with spaces."""
    return tuple(part for part in text.replace(",", " ").split() if part)


class OAuth:
    """The authorization servers on the allowlist; no other host is ever told a secret."""

    def __init__(self, transport: Transport, servers: Sequence[str]) -> None:
        self._transport = transport
        self._servers = [server.lower() for server in servers]

    def endpoint(self, offered: str) -> str:
        """The offered server endpoint if its host is on the allowlist, else the first allowed one."""
        host = host_of(offered)
        return f"https://{host if host in self._servers else self._servers[0]}/rest/"

    async def token_owner(self, access_token: str, server_endpoint: str) -> TokenOwner:
        """Ask whose token this is. Raises Rejected if nobody's, TryLater if the server cannot say now."""
        url = self.endpoint(server_endpoint) + "app.info/"
        status, answer = await self._transport.ask(url, query={"auth": access_token})
        if "error" in answer:
            code = str(answer["error"]).lower()
            if code in _UNAUTHORISED:
                raise Rejected("token_not_ours", bitrix_code=code)
            raise TryLater("oauth_error", bitrix_code=code, status=status)
        try:
            return _token_owner(answer["result"])
        except (KeyError, TypeError, ValueError):
            raise TryLater("oauth_error", bitrix_code="unreadable", status=status) from None

    async def refresh(
        self, *, client_id: str, client_secret: str, refresh_token: str, server_endpoint: str, member_id: str
    ) -> TokenPair:
        """A new pair. Raises PortalUnavailable if a person must act, TryLater if the server cannot now."""
        url = f"https://{host_of(self.endpoint(server_endpoint))}/oauth/token/"
        # A form keeps the secret out of access logs; the server takes it either way (section 3.2).
        status, answer = await self._transport.ask(
            url,
            form={
                "grant_type": "refresh_token",
                "client_id": client_id,
                "client_secret": client_secret,
                "refresh_token": refresh_token,
            },
        )
        if "error" in answer:
            raise _refresh_error(str(answer["error"]).lower(), status, member_id)
        try:
            pair = TokenPair(
                access_token=str(answer["access_token"]),
                refresh_token=str(answer["refresh_token"]),
                expires_at=datetime.fromtimestamp(int(answer["expires"]), UTC),
                domain=host_of(str(answer["client_endpoint"])),
                member_id=str(answer["member_id"]),
            )
        except (KeyError, TypeError, ValueError):
            raise TryLater("oauth_error", bitrix_code="unreadable", status=status) from None
        if pair.member_id != member_id:
            raise PortalUnavailable("token_of_other_portal", member_id=member_id)
        return pair


def _token_owner(result: dict[str, Any]) -> TokenOwner:
    install = result["install"]
    return TokenOwner(
        client_id=str(result["client_id"]),
        member_id=str(install["member_id"]),
        domain=host_of(str(install["client_endpoint"])) or str(install["domain"]).lower(),
        user_id=int(result["user_id"]),
        scopes=split_scopes(str(result["scope"])),
        installed=bool(install["installed"]),
    )


def _refresh_error(code: str, status: int, member_id: str) -> PortalUnavailable | TryLater:
    reasons = {
        "invalid_grant": "refresh_refused",
        "invalid_client": "wrong_client",
        "wrong_client": "wrong_client",
        "payment_required": "payment_required",
        "not_installed": "app_not_installed",
        "invalid_scope": "scope_missing",
        "insufficient_scope": "scope_missing",
        "portal_deleted": "portal_deleted",
    }
    if code in reasons:
        return PortalUnavailable(reasons[code], member_id=member_id)
    return TryLater("oauth_error", bitrix_code=code, status=status)
