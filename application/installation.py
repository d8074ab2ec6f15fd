"""Turns a contact that the authorization server has confirmed into an installation of ours."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from application.bitrix.forms import Auth
from application.bitrix.oauth import OAuth, TokenOwner
from application.crypto import KeyRing, fingerprint
from application.errors import Rejected
from application.model import Application, Portal, PortalState
from application.portal_api import PortalApis
from application.settings import Settings
from application.store.credentials import Credentials
from application.store.database import Pool
from application.store.portals import Applications, Portals
from application.tokens import Tokens

log = structlog.get_logger()

_TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """What a request from a portal or a browser claims; nothing of it is believed before it is confirmed."""

    member_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    application_token: str = field(repr=False)
    server_endpoint: str
    language: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """A confirmed contact: whose token it is, and of which application."""

    owner: TokenOwner
    application: Application
    contact: Contact


def claimed(auth: Auth, language: str) -> Contact:
    """The claim that the `auth` block of a call makes."""
    return Contact(
        member_id=auth.member_id,
        access_token=auth.access_token,
        refresh_token=auth.refresh_token,
        application_token=auth.application_token,
        server_endpoint=auth.server_endpoint,
        language=language,
    )


class Installations:
    """First contact, re-installation and removal, always by what the authorization server confirms."""

    def __init__(
        self, *, settings: Settings, pool: Pool, keys: KeyRing, oauth: OAuth, tokens: Tokens, apis: PortalApis
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._keys = keys
        self._oauth = oauth
        self._tokens = tokens
        self._apis = apis
        self.portals = Portals(pool)
        self.applications = Applications(pool, keys)

    async def confirm(self, contact: Contact) -> Visitor:
        """Ask the authorization server whose token it is (bitrix24-app-protocol 10.2).

        Raises Rejected if the token is not of one of our applications, not of this portal, or the portal is
        not on the allowlist; TryLater if the server cannot say now.
        """
        owner = await self._oauth.token_owner(contact.access_token, contact.server_endpoint)
        application = await self.applications.by_client_id(owner.client_id)
        if application is None or owner.member_id != contact.member_id:
            raise Rejected("token_not_ours", bitrix_code="other_application")
        if not self._settings.may_install(owner.domain):
            raise Rejected("portal_not_allowed", domain=owner.domain)
        return Visitor(owner, application, contact)

    async def is_administrator(self, visitor: Visitor, portal: Portal) -> bool:
        """Whether Bitrix24 itself calls the visitor an administrator."""
        profile = await self._apis.of(portal).interactive(visitor.contact.access_token, "profile", {})
        return bool(profile.get("ADMIN")) if isinstance(profile, dict) else False

    async def install(self, visitor: Visitor, *, finished: bool) -> Portal:
        """Keep the portal; call `keep_tokens` once it is known that the visitor may own it."""
        contact, owner = visitor.contact, visitor.owner
        portal = await self.portals.install(
            member_id=owner.member_id,
            application_id=visitor.application.id,
            domain=owner.domain,
            server_endpoint=self._oauth.endpoint(contact.server_endpoint),
            language=contact.language,
            scopes=list(owner.scopes),
            application_token_hash=fingerprint(contact.application_token)
            if contact.application_token
            else None,
            state=PortalState.ACTIVE if finished else PortalState.INSTALLING,
        )
        log.info(
            "portal_installed", member_id=portal.member_id, domain=portal.domain, state=portal.state.value
        )
        return portal

    async def keep_tokens(self, visitor: Visitor, portal: Portal, role: str) -> None:
        """Store the visitor's pair as `owner` (works in the background) or `standby`."""
        contact = visitor.contact
        if not contact.refresh_token:
            return
        expires_at = datetime.now(UTC) + _TOKEN_LIFETIME
        credentials = Credentials(self._pool, self._keys, portal.id)
        await credentials.save(
            visitor.owner.user_id, contact.access_token, contact.refresh_token, expires_at, role
        )
        self._tokens.forget(portal.id)

    async def remove(self, portal: Portal, *, clean: bool) -> None:
        """The app was uninstalled: tokens go at once; with `clean`, everything of this portal."""
        if clean:
            await self.portals.erase(portal.id)
        else:
            await self.portals.uninstall(portal.id)
        self._tokens.forget(portal.id)
        log.info("portal_uninstalled", member_id=portal.member_id, erased=clean)
