"""The composition root: settings → store → engine → robots and pages → Quart app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from application.bitrix.oauth import OAuth
from application.bitrix.transport import Transport
from application.contract import Declaration, LifeCycle
from application.crypto import KeyRing
from application.directory import Directory
from application.inbound import Inbound, KnownPortals
from application.installation import Installations
from application.limits import Limits
from application.portal_api import PortalApis
from application.registration import Registrar
from application.request_queue import Means
from application.runner import Runner
from application.settings import Settings
from application.store.credentials import Credential, Credentials
from application.store.database import Pool, connect
from application.store.inbox import Inbox
from application.store.lanes import Lanes
from application.store.links import Sending
from application.store.portals import Applications, Portals
from application.store.registrations import Registrations
from application.sweep import Sweep
from application.tokens import Tokens
from application.worker import Worker
from handlers import EVENTS, ROBOTS
from placements import PLACEMENTS, SCOPES


@dataclass(frozen=True, slots=True)
class Engine:
    """Every part of one process, made once and handed out."""

    settings: Settings
    pool: Pool
    keys: KeyRing
    limits: Limits
    portals: Portals
    apis: PortalApis
    declaration: Declaration
    life_cycle: LifeCycle
    registrar: Registrar
    inbox: Inbox
    worker: Worker
    sweep: Sweep

    def inbound(self) -> Inbound:
        """The door of a web process."""
        return Inbound(
            inbox=self.inbox,
            known=KnownPortals(self.portals),
            keys=self.keys,
            declaration=self.declaration,
            life_cycle=self.life_cycle,
        )


def declare(settings: Settings) -> Declaration:
    """What a portal is brought to."""
    return Declaration(ROBOTS, EVENTS, PLACEMENTS, SCOPES, settings.public_url)


@asynccontextmanager
async def engine(settings: Settings, database_url: str, redis_url: str | None) -> AsyncIterator[Engine]:
    """Put an engine together; nothing runs yet. Settings must hold keys."""
    keys = KeyRing([key.get_secret_value() for key in settings.secret_keys])
    pool = await connect(database_url, size=settings.lanes + 8)
    transport = Transport(private_hosts=settings.private_hosts, ca_file=settings.ca_file)
    limits = Limits(redis_url)
    try:
        if settings.client_id and settings.client_secret:
            await _keep_market_app(pool, keys, settings)
        yield _assemble(settings, pool, keys, transport, limits, database_url)
    finally:
        await transport.close()
        await limits.close()
        pool.terminate()


async def _keep_market_app(pool: Pool, keys: KeyRing, settings: Settings) -> None:
    assert settings.client_secret is not None
    await Applications(pool, keys).save(
        settings.client_id, settings.client_secret.get_secret_value(), "market", "market"
    )


def _assemble(
    settings: Settings, pool: Pool, keys: KeyRing, transport: Transport, limits: Limits, database_url: str
) -> Engine:
    me = uuid7()
    oauth = OAuth(transport, settings.oauth_servers)
    tokens = Tokens(pool, keys, oauth)
    portals = Portals(pool)
    registrations = Registrations(pool)
    apis = PortalApis(Means(transport, tokens, limits, Sending(pool), me))
    declaration = declare(settings)
    installations = Installations(
        settings=settings, pool=pool, keys=keys, oauth=oauth, tokens=tokens, apis=apis
    )

    async def owner(portal_id: UUID) -> Credential | None:
        return await Credentials(pool, keys, portal_id).owner()

    registrar = Registrar(
        declaration=declaration, apis=apis, portals=portals, registrations=registrations, owner=owner
    )
    lanes = Lanes(pool, me, settings.lease)
    runner = Runner(
        pool=pool,
        keys=keys,
        apis=apis,
        directory=Directory(),
        robots=ROBOTS,
        portal_deadline=settings.portal_deadline,
    )
    return Engine(
        settings=settings,
        pool=pool,
        keys=keys,
        limits=limits,
        portals=portals,
        apis=apis,
        declaration=declaration,
        life_cycle=LifeCycle(installations, registrations),
        registrar=registrar,
        inbox=Inbox(pool),
        worker=Worker(
            lanes=lanes, runner=runner, count=settings.lanes, lease=settings.lease, database_url=database_url
        ),
        sweep=Sweep(registrar=registrar, registrations=registrations, portals=portals, lanes=lanes),
    )
