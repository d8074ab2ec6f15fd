"""The install page's API: steps that tick one after another, each safe to repeat."""

from typing import Any, Literal

from pydantic import BaseModel
from quart import Blueprint, g
from quart_schema import validate_response

from application.crypto import KeyRing
from application.errors import AppError, TryLater
from application.messages import remedy
from application.model import Portal
from application.registration import STEPS, Registrar
from application.store.portals import Portals
from placements.problems import ApiError, Problem, problem_of
from placements.session import Viewer, administrator

StepCode = Literal["access", "events", "placements", "robots", "connection"]


class InstallationStep(BaseModel):
    """One check; `details` names what stands, `problem` says why it does not."""

    code: StepCode
    state: Literal["pending", "done", "failed"]
    details: list[str]
    problem: Problem | None


class Installation(BaseModel):
    """All checks in their order."""

    steps: list[InstallationStep]
    finished: bool


class InstallPage:
    """Runs the registration step by step while an administrator looks on."""

    def __init__(self, *, keys: KeyRing, portals: Portals, registrar: Registrar) -> None:
        self._keys = keys
        self._portals = portals
        self._registrar = registrar

    def blueprint(self) -> Blueprint:
        page = Blueprint("installation", __name__)
        page.add_url_rule("/api/v1/installation", view_func=self._all(), methods=["GET"])
        page.add_url_rule("/api/v1/installation/steps/<code>", view_func=self._run(), methods=["POST"])
        return page

    async def _portal(self, viewer: Viewer) -> Portal:
        portal = await self._portals.get(viewer.portal_id)
        if portal is None:
            raise ApiError(403, "portal_erased")
        return portal

    def _all(self) -> Any:
        @validate_response(Installation)
        @validate_response(Problem, 401)
        @validate_response(Problem, 403)
        async def installation() -> Installation:
            """The steps of the installation; they run one by one through their own address."""
            await self._portal(administrator(self._keys))
            steps = [InstallationStep(code=code, state="pending", details=[], problem=None) for code in STEPS]
            return Installation(steps=steps, finished=False)

        return installation

    def _run(self) -> Any:
        @validate_response(InstallationStep)
        @validate_response(Problem, 401)
        @validate_response(Problem, 403)
        @validate_response(Problem, 404)
        async def installation_step(code: StepCode) -> InstallationStep:
            """Run one step and repair what it finds."""
            viewer = administrator(self._keys)
            portal = await self._portal(viewer)
            if code not in STEPS:
                raise ApiError(404, "not_found")
            try:
                details = await self._registrar.run(portal, code)
            except AppError as error:
                return _failed(code, error, viewer)
            except (KeyError, TypeError, ValueError) as error:
                unreadable = TryLater(
                    "portal_error", method=code, description=type(error).__name__, bitrix_code=""
                )
                return _failed(code, unreadable, viewer)
            if code == STEPS[-1]:
                await self._portals.activate(portal.id)
            return InstallationStep(code=code, state="done", details=details, problem=None)

        return installation_step


def _failed(code: StepCode, error: AppError, viewer: Viewer) -> InstallationStep:
    """Advice made for deliveries speaks of deals and of trying by itself; here a person has to."""
    reason = problem_of(error, viewer.language, g.request_id)
    if isinstance(error, TryLater):
        reason.remedy = remedy("step_unfinished", viewer.language, error.params)
    elif error.code == "bitrix_refused":
        reason.remedy = remedy("step_refused", viewer.language, error.params)
    return InstallationStep(code=code, state="failed", details=[], problem=reason)
