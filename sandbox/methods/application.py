"""`app.*` and `user.option.*`: what an application knows of itself and keeps on a portal."""

from typing import Any

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError, access_denied


def info(request: Request) -> Reply:
    portal = request.portal
    license_name = f"{portal.language}_{portal.license_family}"
    installation = request.caller.installation
    if installation is None:
        return Reply({"SCOPE": sorted(request.caller.scopes), "LICENSE": license_name})
    return Reply(
        {
            "ID": installation.id,
            "CODE": installation.application.client_id,
            "VERSION": installation.version,
            "STATUS": installation.status,
            "INSTALLED": installation.installed,
            "PAYMENT_EXPIRED": "Y" if installation.expired else "N",
            "DAYS": installation.days,
            "LANGUAGE_ID": portal.language,
            "LICENSE": license_name,
            "LICENSE_TYPE": portal.license_family,
            "LICENSE_FAMILY": portal.license_family,
        }
    )


def get_option(request: Request) -> Reply:
    return _read(request.caller.application.options, request)


def set_option(request: Request) -> Reply:
    """Set options of the application; administrators only."""
    installation = request.caller.application
    if not request.caller.user.admin:
        raise access_denied("Administrator authorization required")
    return _write(installation.options, request)


def get_user_option(request: Request) -> Reply:
    return _read(request.caller.application.user_options.get(request.caller.user.id, {}), request)


def set_user_option(request: Request) -> Reply:
    options = request.caller.application.user_options.setdefault(request.caller.user.id, {})
    return _write(options, request)


def _read(options: dict[str, Any], request: Request) -> Reply:
    name = request.get("option")
    return Reply(options.get(str(name), "") if name else php.array(options))


def _write(options: dict[str, Any], request: Request) -> Reply:
    given = dict(php.pairs(request.get("options")))
    if not given:
        raise RestError("ERROR_ARGUMENT", "Argument 'options' is null or empty", argument="options")
    options |= given
    return Reply(result=True)


METHODS = [
    Method("app.info", info),
    Method("app.option.get", get_option),
    Method("app.option.set", set_option),
    Method("user.option.get", get_user_option),
    Method("user.option.set", set_user_option),
]
