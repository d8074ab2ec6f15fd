"""Someone opens a page: confirms with Bitrix24 who it is, and answers the page's shell or a new session."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import structlog
from markupsafe import escape
from pydantic import BaseModel
from quart import Blueprint, Response, g, request
from quart_schema import hide, validate_request, validate_response

from application.contract import Declaration, LifeCycle
from application.crypto import KeyRing
from application.errors import AppError
from application.installation import Contact, Visitor
from application.messages import Language, language_of, remedy, sentence
from application.model import Portal, PortalState
from placements.problems import ApiError, Problem
from placements.session import LIFETIME, Viewer, issue

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"
# The only inline styles: the kit's empty colour layer and VueUse's transition guard; a test keeps these true.
_STYLE_HASHES = " ".join(
    f"'sha256-{digest}'"
    for digest in (
        "7ZIzQltM1iU0jPqNUKNjeveSPHJnVZPsIFZx2wkyrFQ=",
        "skqujXORqzxt1aE0NNXxujEanPTX6raoqSscTV/Ww/Y=",
    )
)

# Drawn by the stylesheet until the script runs, so that the frame is never blank.
_SKELETON = f'<div class="boot-skeleton" aria-hidden="true">{"<i></i>" * 5}</div>'


class SessionRequest(BaseModel):
    """A fresh access token that only the portal around the page can hand out."""

    access_token: str
    member_id: str
    language: Literal["en", "ru"] = "en"


class Session(BaseModel):
    """A bearer token for the API and its lifetime in seconds."""

    token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Visits:
    """What opening a page needs."""

    keys: KeyRing
    life_cycle: LifeCycle
    declaration: Declaration

    def blueprint(self, pages: tuple[str, ...]) -> Blueprint:
        visits = Blueprint("visits", __name__)
        for page in pages:
            visits.add_url_rule(
                f"/app/{page}", endpoint=page, view_func=hide(self._page(page)), methods=["GET", "POST"]
            )
        visits.add_url_rule("/api/v1/session", view_func=self._session(), methods=["POST"])
        return visits

    def _session(self) -> Any:
        @validate_request(SessionRequest)
        @validate_response(Session)
        @validate_response(Problem, 401)
        @validate_response(Problem, 403)
        async def session(data: SessionRequest) -> Session:
            """A new session for a page whose token is about to expire."""
            contact = Contact(data.member_id, data.access_token, "", "", "", data.language)
            try:
                visitor = await self.life_cycle.installations.confirm(contact)
                portal = await self.life_cycle.installations.portals.by_member_id(data.member_id)
                if portal is None or portal.state is PortalState.UNINSTALLED:
                    raise ApiError(403, "app_not_installed")
                viewer = await self._viewer(visitor, portal)
            except AppError as error:
                raise ApiError(403, error.code, **error.params) from None
            return Session(token=issue(self.keys, viewer), expires_in=int(LIFETIME.total_seconds()))

        return session

    async def _viewer(self, visitor: Visitor, portal: Portal) -> Viewer:
        administrator = await self.life_cycle.installations.is_administrator(visitor, portal)
        return Viewer(
            portal.id,
            portal.member_id,
            visitor.owner.user_id,
            administrator,
            language_of(visitor.contact.language),
        )

    def _page(self, page: str) -> Any:
        async def open_page() -> Response:
            language = language_of(request.args.get("LANG", "en"))
            g.language = language
            form = await request.form
            if request.method != "POST" or not form.get("AUTH_ID"):
                return _plain_page("outside_portal", {}, language, 400)
            try:
                visitor, portal = await self._receive(form, page)
                viewer = await self._viewer(visitor, portal)
                if viewer.administrator:
                    await self._keep(visitor, portal, page)
            except AppError as error:
                log.warning("page_refused", page=page, code=error.code, reason=str(error))
                return _plain_page(error.code, error.params, language, 403)
            return _shell(self._boot(page, viewer, portal, form), portal)

        return open_page

    async def _receive(self, form: Any, page: str) -> tuple[Visitor, Portal]:
        installations = self.life_cycle.installations
        contact = Contact(
            member_id=form.get("member_id", ""),
            access_token=form["AUTH_ID"],
            refresh_token=form.get("REFRESH_ID", ""),
            application_token=form.get("APPLICATION_TOKEN", ""),
            server_endpoint=form.get("SERVER_ENDPOINT", ""),
            language=request.args.get("LANG", "en"),
        )
        visitor = await installations.confirm(contact)
        portal = await installations.portals.by_member_id(visitor.owner.member_id)
        stale = (
            portal is None
            or portal.state is PortalState.UNINSTALLED
            or portal.application_id != visitor.application.id
            or page == "install"
        )
        if portal is None or stale:
            portal = await installations.install(visitor, finished=visitor.owner.installed)
        return visitor, portal

    async def _keep(self, visitor: Visitor, portal: Portal, page: str) -> None:
        """An administrator's tokens serve the background: the installer's as owner, others' as standby."""
        role = "owner" if page == "install" or portal.problem else "standby"
        await self.life_cycle.installations.keep_tokens(visitor, portal, role)
        if portal.state is PortalState.PARKED:
            await self.life_cycle.installations.portals.activate(portal.id)

    def _boot(self, page: str, viewer: Viewer, portal: Portal, form: Any) -> dict[str, Any]:
        return {
            "session": issue(self.keys, viewer),
            "expires_in": int(LIFETIME.total_seconds()),
            "page": page,
            "language": viewer.language,
            "portal": {
                "domain": portal.domain,
                "member_id": portal.member_id,
                "origin": f"https://{portal.domain}",
            },
            "user": {"id": viewer.user_id, "admin": viewer.administrator},
            "installed": portal.state is PortalState.ACTIVE,
            "placement": form.get("PLACEMENT", "DEFAULT"),
            "options": _options(form.get("PLACEMENT_OPTIONS", "")),
        }


def _options(text: str) -> dict[str, Any]:
    """Telephony placements have been seen sending the word `undefined` (bitrix24-app-protocol 2.3)."""
    try:
        options = json.loads(text or "{}")
    except ValueError:
        return {}
    return options if isinstance(options, dict) else {}


@cache  # what was built does not change while a process runs
def _entry() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return next(chunk for chunk in manifest.values() if chunk.get("isEntry"))


def _styles() -> str:
    styles = _entry().get("css", [])
    return "".join(f'<link rel="stylesheet" href="/static/app/{escape(style)}">' for style in styles)


def _shell(boot: dict[str, Any], portal: Portal) -> Response:
    # JSON inside HTML: `<` must not end the node early.
    data = json.dumps(boot, ensure_ascii=False).replace("<", "\\u003c")
    body = (
        f'<div id="app">{_SKELETON}</div><script id="boot" type="application/json">{data}</script>'
        f'<script type="module" src="/static/app/{escape(_entry()["file"])}"></script>'
    )
    return _framed(_html(boot["language"], _styles(), body, 200), portal)


def _html(language: str, head: str, body: str, status: int) -> Response:
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>B24 Integration Bridge</title>{head}</head><body>{body}</body></html>"
    )
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _framed(response: Response, portal: Portal) -> Response:
    origin = f"https://{portal.domain}"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src 'self' {_STYLE_HASHES}; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none';"
        f" frame-ancestors {origin}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain_page(code: str, params: dict[str, Any], language: Language, status: int) -> Response:
    what, advice = sentence(code, language, params), remedy(code, language, params)
    texts = f"<h1>B24 Integration Bridge</h1><p>{escape(what)}</p><p>{escape(advice)}</p>"
    response = _html(language, _styles(), f'<main class="plain-page">{texts}</main>', status)
    # Shown in whatever frame asked: it holds nothing but its own text.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
