"""Opening pages of applications: the form that the browser posts, and what its frame may ask."""

import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.control import dialogs
from sandbox.wire.errors import RestError
from sandbox.world import admission, lifecycle
from sandbox.world.model import Binding, Installation, User
from sandbox.world.portal import Portal
from sandbox.world.world import World

Json = dict[str, Any]

_COMMANDS = {
    "CRM_DEAL_DETAIL_TAB": ["reloadData"],
    dialogs.PLACEMENT: ["setPropertyValue"],
}
_NEW_FIELDS = ("SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE")
_MAX_FRAMES = 1000


@dataclass(slots=True)
class Frame:
    """One rendering of an application's page, known by its APP_SID."""

    sid: str
    portal: Portal
    installation: Installation
    user: User
    placement: str
    options: Json
    installer: bool
    handler: str


class Frames:
    """The frames opened lately."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._by_sid: dict[str, Frame] = {}

    def clear(self) -> None:
        self._by_sid.clear()

    def find(self, sid: str) -> Frame:
        frame = self._by_sid.get(sid)
        if frame is None:
            raise RestError("NOT_FOUND", "No such frame", 404)
        return frame

    def open(
        self,
        portal: Portal,
        client_id: str,
        placement: str,
        *,
        user_id: int = 1,
        options: Json | None = None,
        uri: str | None = None,
        binding_id: int | None = None,
    ) -> Json:
        """Answer the address and the form fields of section 2 of the application protocol."""
        installation = portal.installations.get(client_id)
        user = portal.user(user_id)
        if installation is None or user is None:
            raise RestError("NOT_FOUND", "No such application or user", 404)
        if not installation.installed and not user.admin:
            raise RestError("NOT_INSTALLED", "The application is not fully installed", 403)
        options = dict(options or {})
        handler, title, code = self._target(portal, installation, placement, binding_id)
        if code == dialogs.PLACEMENT:
            handler, options = dialogs.options(portal, installation, options)
        if uri:
            options.setdefault("URI", uri)
        admission.check(portal, installation, user)
        frame = Frame(
            secrets.token_hex(16),
            portal,
            installation,
            user,
            code,
            options,
            not installation.installed,
            handler,
        )
        while len(self._by_sid) >= _MAX_FRAMES:
            del self._by_sid[next(iter(self._by_sid))]
        self._by_sid[frame.sid] = frame
        return self._opened(frame, title)

    def _target(
        self, portal: Portal, installation: Installation, placement: str, binding_id: int | None
    ) -> tuple[str, str, str]:
        application = installation.application
        if not installation.installed:
            return application.install_url or application.handler_url, application.title, "DEFAULT"
        if placement in ("DEFAULT", dialogs.PLACEMENT):
            return application.handler_url, application.title, placement
        for binding in installation.placements:
            if binding.code == placement and binding_id in (None, binding.id):
                return binding.handler, title_of(binding, portal, application.title), placement
        raise RestError("NOT_FOUND", f"Nothing is bound to {placement}", 404)

    def _opened(self, frame: Frame, title: str) -> Json:
        portal, world = frame.portal, self.world
        token = world.mint(portal, frame.installation.application, frame.user.id)
        query = {"DOMAIN": portal.domain, "PROTOCOL": 1, "LANG": portal.language, "APP_SID": frame.sid}
        fields = {
            "AUTH_ID": token.access,
            "AUTH_EXPIRES": "3600",
            "REFRESH_ID": token.refresh,
            "SERVER_ENDPOINT": world.oauth_rest(portal),
            "APPLICATION_TOKEN": frame.installation.application_token,
            "APPLICATION_SCOPE": ",".join(frame.installation.application.scopes),
            "member_id": portal.member_id,
            "status": frame.installation.status,
            "PLACEMENT": frame.placement,
        }
        if "old_frame_form" in portal.quirks:
            for name in _NEW_FIELDS:
                del fields[name]
        if "undefined_options" in portal.quirks:
            fields["PLACEMENT_OPTIONS"] = "undefined"
        elif frame.options:
            fields["PLACEMENT_OPTIONS"] = json.dumps(frame.options, separators=(",", ":")).replace("/", "\\/")
        parts = urlsplit(frame.handler)
        return {
            "url": frame.handler + ("&" if "?" in frame.handler else "?") + urlencode(query),
            "fields": fields,
            "name": f"{portal.domain}|1|{frame.sid}",
            "sid": frame.sid,
            "origin": f"{parts.scheme}://{parts.netloc}",
            "placement": frame.placement,
            "options": frame.options,
            "installer": frame.installer,
            "title": title,
            "commands": _COMMANDS.get(frame.placement, []),
            "events": [],
        }

    def init(self, sid: str) -> Json:
        """Answer `getInitData`; the first run of a user and version is told once."""
        frame = self.find(sid)
        key = (frame.user.id, frame.installation.version)
        first_run = key not in frame.installation.opened_by
        frame.installation.opened_by.add(key)
        return {
            "LANG": frame.portal.language,
            "DOMAIN": frame.portal.domain,
            "PROTOCOL": 1,
            "PATH": "/rest",
            **self.refresh(sid),
            "MEMBER_ID": frame.portal.member_id,
            "FIRST_RUN": first_run,
            "IS_ADMIN": frame.user.admin,
            "INSTALL": frame.installer,
            "USER_OPTIONS": frame.installation.user_options.get(frame.user.id, {}),
            "APP_OPTIONS": frame.installation.options,
            "PLACEMENT": frame.placement,
            "PLACEMENT_OPTIONS": frame.options,
        }

    def refresh(self, sid: str) -> Json:
        frame = self.find(sid)
        application = frame.installation.application
        if application.client_id not in frame.portal.installations or not frame.user.active:
            raise RestError("NOT_INSTALLED", "Application not installed", 403)
        admission.check(frame.portal, frame.installation, frame.user)
        token = self.world.mint(frame.portal, application, frame.user.id)
        return {"AUTH_ID": token.access, "AUTH_EXPIRES": "3600", "REFRESH_ID": token.refresh}

    def set_installed(self, sid: str, value: str) -> Json:
        """Honour `installFinish` of an administrator while the application is not installed."""
        frame = self.find(sid)
        if frame.installation.installed or not frame.user.admin:
            raise RestError("ACCESS_DENIED", "Nothing to finish", 403)
        if value == "Y":
            lifecycle.finish(self.world, frame.portal, frame.installation)
        return {"result": True, "install_finished": value}

    def set_option(self, sid: str, kind: str, name: str, value: Any) -> Json:
        frame = self.find(sid)
        if kind == "app":
            if not frame.user.admin:
                raise RestError("ACCESS_DENIED", "Administrators only", 403)
            frame.installation.options[name] = value
        else:
            frame.installation.user_options.setdefault(frame.user.id, {})[name] = value
        return {"result": True}


def title_of(binding: Binding, portal: Portal, default: str) -> str:
    for language in (portal.language, "en"):
        if text := binding.languages.get(language, {}).get("TITLE"):
            return text
    return binding.title or default
