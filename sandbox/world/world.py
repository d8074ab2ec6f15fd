"""Everything the sandbox process holds: portals, application cards, tokens, faults, the clock."""

import secrets
import time
from collections.abc import Callable

from sandbox.world import automation, seed
from sandbox.world.faults import Faults
from sandbox.world.hits import Call, Hit
from sandbox.world.model import Application, Token
from sandbox.world.portal import Portal
from sandbox.world.tokens import Tokens

ZONE = "b24.localhost"


class World:
    """The root of the state; `port` is set once the listener is bound."""

    def __init__(self) -> None:
        self.port = 443
        self.outbox: Callable[[Call], None] = lambda _call: None
        self.skew = 0.0
        self.salt = secrets.token_hex(8)
        self.portals: dict[str, Portal] = {}
        self.applications: dict[str, Application] = {}
        self.tokens = Tokens(self.now)
        self.faults = Faults()
        self.sids: dict[str, dict[str, object]] = {}

    def reset(self) -> None:
        self.skew = 0.0
        self.salt = secrets.token_hex(8)
        self.portals.clear()
        self.applications.clear()
        self.tokens = Tokens(self.now)
        self.faults.clear()
        self.sids.clear()

    def now(self) -> float:
        return time.time() + self.skew

    @property
    def oauth_domain(self) -> str:
        return f"oauth.{ZONE}:{self.port}"

    @property
    def oauth_rest(self) -> str:
        return f"https://{self.oauth_domain}/rest/"

    def add_portal(self, name: str, *, title: str, language: str, family: str, limits: bool) -> Portal:
        portal = Portal(
            name=name,
            title=title,
            member_id=seed.member_id(name, self.salt),
            domain=f"{name}.{ZONE}:{self.port}",
            language=language,
            license_family=family,
            limits=limits,
        )
        self.portals[name] = seed.fill(portal)
        return portal

    def by_member(self, member_id: str) -> Portal | None:
        return next((p for p in self.portals.values() if p.member_id == member_id), None)

    def by_domain(self, domain: str) -> Portal | None:
        """Find by the present or a former domain, without regard to case."""
        domain = domain.lower()
        for portal in self.portals.values():
            if portal.domain == domain or domain in portal.old_domains:
                return portal
        return None

    def add_application(self, application: Application) -> Application:
        self.applications[application.client_id] = application
        return application

    def hit(self, portal: Portal, user_id: int | None) -> Hit:
        return Hit(portal, user_id, self.outbox, self.now, lambda p, item: automation.enter(self, p, item))

    def mint(self, portal: Portal, application: Application, user_id: int) -> Token:
        return self.tokens.mint(portal.member_id, application.client_id, user_id)


def new_keys(kind: str) -> tuple[str, str]:
    """A client id of the real shape (`local.<14 hex>.<8 digits>`) and a secret."""
    prefix = "local" if kind == "local" else "app"
    number = secrets.randbelow(90_000_000) + 10_000_000
    return f"{prefix}.{secrets.token_hex(7)}.{number}", secrets.token_urlsafe(38)
