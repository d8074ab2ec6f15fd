"""Applications on the portal page: their life cycle and the frames they are drawn in."""

from typing import Any

from sandbox.control import applications
from sandbox.control.page.state import app_row, who
from sandbox.control.routes import Ask, Handler, Table
from sandbox.wire.errors import RestError

Json = dict[str, Any]


def _administered(action: Handler) -> Handler:
    def run(ask: Ask) -> Json:
        if not who(ask).admin:
            raise RestError("ACCESS_DENIED", "Administrators only", 403)
        action(ask)
        return app_row(ask.portal, ask.world.applications[ask.parts[0]], who(ask))

    return run


def open_page(ask: Ask) -> Json:
    body = ask.body
    return ask.scene.frames.open(
        ask.portal,
        body["client_id"],
        body.get("placement") or "DEFAULT",
        user_id=ask.user_id,
        options=body.get("options"),
        uri=body.get("uri"),
        binding_id=body.get("binding_id"),
    )


def set_install(ask: Ask) -> Json:
    ask.scene.frames.find(ask.body["sid"])
    return {"result": True}


TABLE: Table = {
    "POST apps/*/install": _administered(applications.install),
    "POST apps/*/uninstall": _administered(applications.uninstall),
    "POST apps/*/update": _administered(applications.update),
    "POST apps/*/payment": _administered(applications.pay),
    "POST open": open_page,
    "POST frame/init": lambda ask: ask.scene.frames.init(ask.body["sid"]),
    "POST frame/refresh": lambda ask: ask.scene.frames.refresh(ask.body["sid"]),
    "POST frame/installed": lambda ask: ask.scene.frames.set_installed(
        ask.body["sid"], ask.body.get("value") or "Y"
    ),
    "POST frame/set_install": set_install,
    "POST frame/option": lambda ask: ask.scene.frames.set_option(
        ask.body["sid"], ask.body["kind"], ask.body["name"], ask.body.get("value")
    ),
}
