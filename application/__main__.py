"""The command line of the bridge."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from application import administration, doctor
from application.addresses import addresses
from application.crypto import new_key
from application.embedded import EmbeddedError, default_folder
from application.logs import set_up
from application.settings import Settings, SettingsWrong, read_settings
from application.store.database import UNAVAILABLE, MigrationNeeded, migrate

cli = typer.Typer(
    help="Carries deals from partners' Bitrix24 portals into a hub portal, each exactly once.\n\n"
    "Start with `b24-bridge run`: it brings its own PostgreSQL and Valkey where none are configured. "
    "Every setting is an environment variable named BRIDGE_…; README.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
apps = typer.Typer(
    help="Registrations of our app at Bitrix24: local apps of single portals.", no_args_is_help=True
)
routes = typer.Typer(help="Which partner's deals go to which hub.", no_args_is_help=True)
keys = typer.Typer(help="Keys that seal tokens in the database.", no_args_is_help=True)
cli.add_typer(apps, name="apps")
cli.add_typer(routes, name="routes")
cli.add_typer(keys, name="keys")

# The commands that serve need the whole engine; the others start in a blink without it.
# ruff: noqa: PLC0415

_out = Console()
_err = Console(stderr=True)


def _start(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end on uvloop where there is one."""
    try:
        import uvloop  # not on every platform
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def _settings(*, keys_needed: bool = True, address_needed: bool = False) -> Settings:
    settings = read_settings()
    if keys_needed and not settings.secret_keys:
        if settings.database_url:
            raise SettingsWrong("BRIDGE_SECRET_KEYS: set it; `b24-bridge keys new` makes a key.")
        settings = read_settings(secret_keys=_own_key(settings))
    if address_needed and not settings.public_url:
        raise SettingsWrong(
            "BRIDGE_PUBLIC_URL: set it to the https address under which portals reach this bridge."
        )
    set_up(settings.log_format, settings.log_level)
    return settings


def _own_key(settings: Settings) -> str:
    """Beside an embedded database lies a key of its own, made at the first start."""
    path = (settings.data or default_folder()) / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key())
        _err.print(f"Made a sealing key in {path}; keep it with the data.", soft_wrap=True)
    return path.read_text(encoding="ascii").strip()


@cli.command()
def run() -> None:
    """Web and worker in one process, with PostgreSQL and Valkey of its own where none are configured."""
    from application import serving

    async def both(settings: Settings) -> None:
        async with addresses(settings, join=False) as found:
            for note in found.notes:
                _err.print(note, soft_wrap=True)
            await serving.run(settings, found.database_url, found.redis_url)

    _start(both(_settings(address_needed=True)))


@cli.command()
def serve() -> None:
    """The web process: takes robot calls and events, shows the pages."""
    from application import serving

    _start(serving.serve(_settings(address_needed=True)))


@cli.command()
def work() -> None:
    """The worker process: carries deals across."""
    from application import serving

    _start(serving.work(_settings(address_needed=True)))


@cli.command("servers")
def own_servers(
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as one JSON line.")] = False,
) -> None:
    """Only the bridge's own PostgreSQL and Valkey, until stopped; for development and tests."""
    _start(administration.keep_servers(read_settings(), as_json=as_json))


@cli.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version; safe to run while an older version is at work."""
    settings = _settings(keys_needed=False)
    if settings.database_url is None:
        raise SettingsWrong("BRIDGE_DATABASE_URL: set it; an embedded database is migrated by `run`.")
    applied = asyncio.run(migrate(settings.database_url.get_secret_value()))
    _out.print("Applied: " + ", ".join(applied) if applied else "Nothing to do.")


@cli.command("doctor")
def examine() -> None:
    """Check settings, keys, database, Redis, disk and clock; exit status 1 if something needs a person."""
    findings = asyncio.run(doctor.examine(read_settings()))
    for finding in findings:
        _out.print(f"{'✓' if finding.good else '✗'} {finding.what}: {finding.says}", soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@cli.command()
def manifest() -> None:
    """Print what the app registers on a portal: robots, placements, events, scopes."""
    from application import documents

    print(documents.manifest_text(), end="")  # noqa: T201 - the command's result


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document of the pages' API."""
    from application import documents

    print(asyncio.run(documents.openapi_text()), end="")  # noqa: T201 - the command's result


@keys.command("new")
def keys_new() -> None:
    """Print a new key for BRIDGE_SECRET_KEYS; put it first to rotate, keep the old ones behind it."""
    print(new_key())  # noqa: T201 - the command's result


@apps.command("add")
def apps_add(
    client_id: Annotated[str, typer.Option(help="The local app's client_id, such as local.66ba….1855.")],
    client_secret_file: Annotated[
        Path, typer.Option(help="File with its client_secret; - reads standard input.")
    ],
    title: Annotated[str, typer.Option(help="A name for lists.")] = "",
) -> None:
    """Add a portal's local app, or replace its secret."""
    secret = (sys.stdin.read() if str(client_secret_file) == "-" else client_secret_file.read_text()).strip()
    if not secret:
        raise SettingsWrong("--client-secret-file: the file is empty.")
    _start(administration.add_app(_settings(), client_id, secret, title))
    _out.print(f"Added {client_id}.")


@routes.command("add")
def routes_add(
    partner: Annotated[str, typer.Argument(help="The portal deals leave: its domain or member_id.")],
    hub: Annotated[str, typer.Argument(help="The portal they arrive in.")],
    policy: Annotated[str, typer.Option(help="When a deal comes again: update, ignore or new.")] = "update",
) -> None:
    """Connect a partner with a hub, using the default mapping."""
    _out.print(_start(administration.add_route(_settings(), partner, hub, policy)))


@routes.command("list")
def routes_list(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every route and how much waits in it."""
    lines = _start(administration.list_routes(_settings()))
    if as_json:
        print(json.dumps([{**line, "id": str(line["id"])} for line in lines]))  # noqa: T201 - the command's result
        return
    table = Table("id", "partner", "hub", "state", "waiting")
    for line in lines:
        table.add_row(*(str(value) for value in line.values()))
    _out.print(table)


@routes.command("pause")
def routes_pause(
    route: Annotated[UUID, typer.Argument(help="The route's id, as `routes list` shows it.")],
    resume: Annotated[bool, typer.Option("--resume", help="Let it deliver again.")] = False,
) -> None:
    """Stop delivering on a route; calls are still received and wait."""
    _start(administration.set_route(_settings(), route, "active" if resume else "paused"))
    _out.print("Resumed." if resume else "Paused; calls are received and wait.")


@routes.command("mapping")
def routes_mapping(
    route: Annotated[UUID, typer.Argument(help="The route's id, as `routes list` shows it.")],
    publish: Annotated[
        Path | None, typer.Option(help="JSON file with a new version; - reads standard input.")
    ] = None,
) -> None:
    """Print the mapping of a route, or publish a new version: fields, custom ones too, stages, users."""
    if publish is None:
        text = _start(administration.show_mapping(_settings(), route))
        print(text, end="")  # noqa: T201 - the command's result
        return
    text = sys.stdin.read() if str(publish) == "-" else publish.read_text(encoding="utf-8")
    version = _start(administration.publish_mapping(_settings(), route, text))
    _out.print(f"Version {version} is in force for every deal from now on.")


def main() -> None:
    """Run a command; what an operator can mend is one sentence, never a trace."""
    try:
        cli()
    except MigrationNeeded as error:
        _err.print(f"The database lacks {error}: run `b24-bridge migrate`.", soft_wrap=True)
    except (SettingsWrong, EmbeddedError, administration.Mistake) as error:
        _err.print(str(error), soft_wrap=True, markup=False)
    except UNAVAILABLE as error:
        _err.print(f"The database cannot be reached ({type(error).__name__}).", soft_wrap=True)
    else:
        return
    sys.exit(2)


if __name__ == "__main__":
    main()
