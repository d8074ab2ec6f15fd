"""`python -m sandbox serve`: a stand-in Bitrix24 on this machine; `python -m sandbox demo`: the tour."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox import server


def main() -> int:
    if sys.argv[1:2] == ["demo"]:
        return int(importlib.import_module("sandbox.demo.command").run(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run portals, OAuth and queue server until stopped")
    serve.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    serve.add_argument("--folder", type=Path, required=True, help="where the certificates are written")
    commands.add_parser("demo", help="portals, bridge and deals at work")
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(server.serve(given.port, given.folder))
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
