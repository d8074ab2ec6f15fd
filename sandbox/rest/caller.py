"""Who is calling: the credentials of a request and what they permit."""

from dataclasses import dataclass
from typing import Any

from sandbox.wire.errors import RestError
from sandbox.world import admission
from sandbox.world.model import Installation, User
from sandbox.world.portal import Portal
from sandbox.world.world import World

_NO_AUTH = "Wrong authorization data"


@dataclass(slots=True)
class Caller:
    """The acting user with, for OAuth tokens, the application; `credential` keys the time limiter."""

    world: World
    portal: Portal
    user: User
    installation: Installation | None
    scopes: frozenset[str]
    credential: str
    token: str = ""
    webhook: str = ""

    @property
    def secret(self) -> str:
        """What addresses of files are signed for: the token or the webhook that asked for them."""
        return self.token or self.webhook

    @property
    def application(self) -> Installation:
        """The application context, which webhooks do not have."""
        if self.installation is None:
            raise RestError("WRONG_AUTH_TYPE", "Application context required", 403)
        return self.installation


def identify(world: World, portal: Portal, webhook: tuple[str, str] | None, token: str) -> Caller:
    """Resolve a webhook's path parts or an access token to a caller."""
    if webhook:
        return _by_webhook(world, portal, *webhook)
    if not token:
        raise RestError("NO_AUTH_FOUND", _NO_AUTH, 401)
    found = world.tokens.find(token)
    if found is None or found.member_id != portal.member_id:
        raise RestError("invalid_token", "Unable to get application by token", 401)
    if world.tokens.expired(found):
        raise RestError("expired_token", "The access token provided has expired.", 401)
    installation = portal.installations.get(found.client_id)
    if installation is None:
        raise RestError("APPLICATION_NOT_FOUND", "Application not found", 401)
    user = portal.user(found.user_id)
    if user is None:
        raise RestError("authorization_error", "Unable to authorize user", 401)
    admission.check(portal, installation, user)
    scopes = frozenset(installation.application.scopes)
    return Caller(world, portal, user, installation, scopes, f"app|{found.client_id}", token)


def _by_webhook(world: World, portal: Portal, user_id: str, code: str) -> Caller:
    known = portal.webhooks.get(code)
    user = portal.user(known[0]) if known else None
    if known is None or user is None or user_id != str(user.id):
        raise RestError("INVALID_CREDENTIALS", "Invalid request credentials", 401)
    admission.check_licence(portal)
    scopes = frozenset(known[1])
    return Caller(world, portal, user, None, scopes, f"hook|{code}", webhook=f"{user.id}/{code}")


def token_of(headers: Any, params: dict[str, Any]) -> str:
    """Take the token out of the parameters or the Authorization header."""
    for name in ("auth", "access_token"):
        value = params.pop(name, None)
        if isinstance(value, str) and value:
            return value
    kind, _, value = str(headers.get("Authorization", "")).partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""
