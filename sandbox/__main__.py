"""A stand-in Bitrix24 on this machine: `serve` for your own application, `demo` for the tour."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Callable

from sandbox import outset, server

_EXAMPLE = (
    "for two portals with your application:\n  python -m sandbox serve --portals hub,north --app-url URL"
)


def main() -> int:
    if sys.argv[1:2] == ["demo"]:
        return int(importlib.import_module("sandbox.demo.command").run(sys.argv[2:]))
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description=__doc__, epilog=_EXAMPLE, formatter_class=plain
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="run portals, authorization and queue server until stopped",
        description=outset.DESCRIPTION,
        formatter_class=plain,
    )
    outset.add_arguments(serve)
    commands.add_parser("demo", help="portals, bridge and deals at work")
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(server.serve(given.port, given.folder, lambda world: outset.prepare(world, given)))
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


if __name__ == "__main__":
    sys.exit(main())
