"""The Quart application of a web process: the door for portals, the pages and their API, health."""

from http import HTTPStatus
from typing import Any

import structlog
from quart import Quart, Response, g, jsonify, request, send_from_directory
from quart_schema import QuartSchema, RequestSchemaValidationError, hide
from uuid_utils.compat import uuid7
from werkzeug.exceptions import HTTPException

from application.main import Engine
from application.store.database import UNAVAILABLE
from placements import PAGES
from placements.deliveries import DeliveriesPage
from placements.install import InstallPage
from placements.problems import ApiError, problem
from placements.schema import NamedModels
from placements.visit import STATIC, Visits

log = structlog.get_logger()

_MAX_REQUEST_BYTES = 1024 * 1024
_READY_SECONDS = 2.0
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(engine: Engine) -> Quart:
    """Everything that this process answers over HTTP."""
    app = Quart("b24-bridge", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_REQUEST_BYTES
    QuartSchema(
        app,
        info={"title": "B24 Integration Bridge", "version": "1"},
        openapi_path=None,
        swagger_ui_path=None,
        redoc_ui_path=None,
        scalar_ui_path=None,
        convert_casing=False,
        openapi_provider_class=NamedModels,
    )
    app.register_blueprint(engine.inbound().blueprint())
    visits = Visits(keys=engine.keys, life_cycle=engine.life_cycle, declaration=engine.declaration)
    app.register_blueprint(visits.blueprint(PAGES))
    app.register_blueprint(
        InstallPage(keys=engine.keys, portals=engine.portals, registrar=engine.registrar).blueprint()
    )
    app.register_blueprint(DeliveriesPage(keys=engine.keys, pool=engine.pool).blueprint())
    _add_static(app)
    _add_health(app, engine)
    _add_manners(app)
    return app


def _add_static(app: Quart) -> None:
    @app.get("/static/app/<path:name>")
    @hide
    async def static_file(name: str) -> Response:
        response: Response = await send_from_directory(STATIC, name)
        # Built names carry a hash of their content.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _add_health(app: Quart, engine: Engine) -> None:
    @app.get("/health/live")
    @hide
    async def live() -> tuple[Response, int]:
        return jsonify(status="live"), 200

    @app.get("/health/ready")
    @hide
    async def ready() -> tuple[Response, int]:
        try:
            await engine.pool.fetchval("SELECT 1", timeout=_READY_SECONDS)
        except UNAVAILABLE:
            return jsonify(status="database away"), 503
        return jsonify(status="ready"), 200


def _add_manners(app: Quart) -> None:
    @app.before_request
    async def number_request() -> None:
        g.request_id = uuid7().hex
        g.language = "en"

    @app.after_request
    async def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def refuse(status: int, code: str, params: dict[str, Any] | None = None) -> tuple[Response, int]:
        body = problem(code, params or {}, g.get("language", "en"), g.get("request_id", ""))
        return jsonify(body.model_dump()), status

    @app.errorhandler(ApiError)
    async def api_error(error: ApiError) -> tuple[Response, int]:
        return refuse(error.status, error.code, error.params)

    @app.errorhandler(RequestSchemaValidationError)
    async def bad_request(_: RequestSchemaValidationError) -> tuple[Response, int]:
        return refuse(400, "bad_request")

    @app.errorhandler(HTTPException)
    async def http_error(error: HTTPException) -> tuple[Response, int]:
        return refuse(error.code or 500, "not_found" if error.code == HTTPStatus.NOT_FOUND else "bad_request")

    @app.errorhandler(Exception)
    async def bug(error: Exception) -> tuple[Response, int]:
        if isinstance(error, UNAVAILABLE):
            return refuse(503, "database_away")
        log.error("request_bug", path=request.path, request_id=g.get("request_id"), exc_info=error)
        return refuse(500, "internal_error", {"error": type(error).__name__})
