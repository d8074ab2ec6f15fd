"""Everything the sandbox process holds: portals, application cards, tokens, faults, the clock."""

import secrets
import time
from collections.abc import Callable

from sandbox.world import admission, automation, seed, subscribers
from sandbox.world.faults import Faults
from sandbox.world.hits import Call, Hit
from sandbox.world.model import Application, Token
from sandbox.world.portal import Portal
from sandbox.world.tokens import Codes, Tokens

ZONE = "b24.localhost"
# Portals of one region know nothing of the tokens of another.
REGIONS = {"com": f"oauth.{ZONE}", "ru": f"oauth-ru.{ZONE}"}


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
        self.codes = Codes(self.now)
        self.faults = Faults()
        self.sids: dict[str, dict[str, object]] = {}

    def reset(self) -> None:
        self.skew = 0.0
        self.salt = secrets.token_hex(8)
        self.portals.clear()
        self.applications.clear()
        self.tokens = Tokens(self.now)
        self.codes = Codes(self.now)
        self.faults.clear()
        self.sids.clear()

    def now(self) -> float:
        return time.time() + self.skew

    @property
    def oauth_domain(self) -> str:
        return self.oauth_host("com")

    def oauth_host(self, region: str) -> str:
        return f"{REGIONS[region]}:{self.port}"

    def oauth_rest(self, portal: Portal) -> str:
        """The `server_endpoint` of a portal."""
        return f"https://{self.oauth_host(portal.region)}/rest/"

    def region_of(self, host: str) -> str | None:
        return next((region for region in REGIONS if self.oauth_host(region) == host), None)

    def add_portal(
        self,
        name: str,
        *,
        title: str,
        language: str,
        family: str,
        limits: bool,
        region: str = "com",
        self_hosted: bool = False,
    ) -> Portal:
        portal = Portal(
            name=name,
            title=title,
            member_id=seed.member_id(name, self.salt),
            domain=f"{name}.{ZONE}:{self.port}",
            language=language,
            license_family=family,
            limits=limits and not self_hosted,
            region=region,
            self_hosted=self_hosted,
            features=admission.included(family, self_hosted=self_hosted),
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

    def hit(self, portal: Portal, user_id: int | None, token: str = "", connector: str = "") -> Hit:
        """Begin a request to a portal, with what its access token and its parameters say of its origin."""
        hit = Hit(portal, user_id, self.outbox, self.now, lambda p, item: automation.enter(self, p, item))
        hit.publish = subscribers.publish
        if token and (found := self.tokens.find(token)):
            hit.client_id, hit.hops, hit.connector = found.client_id, found.hops, connector
        return hit

    def mint(self, portal: Portal, application: Application, user_id: int, hops: int = 0) -> Token:
        token = self.tokens.mint(portal.member_id, application.client_id, user_id)
        token.hops = hops
        return token


def new_keys(kind: str) -> tuple[str, str]:
    """A client id of the real shape (`local.<14 hex>.<8 digits>`) and a secret."""
    prefix = "local" if kind == "local" else "app"
    number = secrets.randbelow(90_000_000) + 10_000_000
    return f"{prefix}.{secrets.token_hex(7)}.{number}", secrets.token_urlsafe(38)
