"""Access tokens of portals: read from the store, refreshed by one process at a time, committed before use."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from application.bitrix.oauth import OAuth
from application.crypto import KeyRing
from application.errors import PortalUnavailable
from application.model import Portal
from application.store.credentials import Credential, Credentials
from application.store.database import Pool
from application.store.portals import Applications, Portals

log = structlog.get_logger()

_ALMOST_EXPIRED = timedelta(seconds=60)


class Tokens:
    """The owner's token of each portal, as background work needs it."""

    def __init__(self, pool: Pool, keys: KeyRing, oauth: OAuth) -> None:
        self._pool = pool
        self._keys = keys
        self._oauth = oauth
        self._applications = Applications(pool, keys)
        self._known: dict[UUID, Credential] = {}
        self._refreshing: dict[UUID, asyncio.Lock] = {}
        self._domains: dict[UUID, str] = {}

    async def get(self, portal: Portal, *, refused: str | None = None) -> str:
        """A token that should work; `refused` is one that the portal has just turned down.

        Raises PortalUnavailable when only a person can bring a new token, TryLater when the server is away.
        """
        known = self._known.get(portal.id)
        if known and known.access_token != refused and _lasts(known):
            return known.access_token
        async with self._refreshing.setdefault(portal.id, asyncio.Lock()):
            stored = await Credentials(self._pool, self._keys, portal.id).owner()
            if stored is None:
                raise PortalUnavailable("no_owner", member_id=portal.member_id)
            if stored.access_token == refused or not _lasts(stored):
                stored = await self._refresh(portal, stored)
            self._known[portal.id] = stored
            return stored.access_token

    def domain(self, portal: Portal) -> str:
        """The portal's present host, as its latest refresh or its row says."""
        return self._domains.get(portal.id, portal.domain)

    def forget(self, portal_id: UUID) -> None:
        """The portal's credentials were replaced or removed."""
        self._known.pop(portal_id, None)
        self._domains.pop(portal_id, None)

    async def _refresh(self, portal: Portal, seen: Credential) -> Credential:
        # Read before a connection is held: refreshes that each wanted a second one would wait for each other.
        application = await self._applications.get(portal.application_id)
        if application is None:
            raise PortalUnavailable("wrong_client", member_id=portal.member_id)
        credentials = Credentials(self._pool, self._keys, portal.id)
        async with credentials.locked(seen.user_id) as (connection, current):
            if current is None:
                raise PortalUnavailable("no_owner", member_id=portal.member_id)
            if current.access_token != seen.access_token:
                return current  # another process was faster
            pair = await self._oauth.refresh(
                client_id=application.client_id,
                client_secret=application.client_secret,
                refresh_token=current.refresh_token,
                server_endpoint=portal.server_endpoint,
                member_id=portal.member_id,
            )
            await credentials.rotate(
                connection, current, pair.access_token, pair.refresh_token, pair.expires_at
            )
        log.info("token_refreshed", member_id=portal.member_id)
        if pair.domain != self.domain(portal):
            await Portals(self._pool).rename(portal.id, pair.domain)
            self._domains[portal.id] = pair.domain
            log.info("portal_renamed", member_id=portal.member_id, domain=pair.domain)
        return Credential(
            seen.user_id, pair.access_token, pair.refresh_token, current.refresh_token, pair.expires_at
        )


def _lasts(credential: Credential) -> bool:
    return credential.expires_at - datetime.now(UTC) > _ALMOST_EXPIRED
