"""`python -m sandbox demo`: one command that shows deals leaving partner portals and arriving in the hub."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.demo.headless import Result, run_headless
from sandbox.demo.interactive import run_interactive
from sandbox.demo.stage import raised
from sandbox.demo.trouble import SHORT_WAITS
from sandbox.driver.folder import DEFAULT, DemoError, sole_user, sweep_out

_INTERRUPTED = 130


def _absolute(text: str) -> Path:
    """The processes of the demo have working folders of their own."""
    return Path(text).absolute()


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox demo",
        description="Start PostgreSQL, Valkey, the sandbox and the bridge; install the bridge on a hub"
        " and its partners; send deals and count in the portals what arrived. Ctrl-C stops all of it.",
    )
    add = parser.add_argument
    add("--headless", action="store_true", help="no table and no person: send, wait, count, end")
    add(
        "--deals",
        type=_positive,
        default=40,
        metavar="N",
        help="deals to send, over all partners (%(default)s)",
    )
    add("--partners", type=_positive, default=2, metavar="N", help="partner portals (%(default)s)")
    add("--json", action="store_true", help="nothing on standard output but the result, one JSON object")
    add("--kill-worker", type=int, default=0, metavar="N", help="kill -9 the worker N times in the middle")
    add("--kill-web", type=int, default=0, metavar="N", help="kill -9 the web process N times in the middle")
    add("--double-calls", action="store_true", help="every robot call is sent twice")
    add("--port", type=int, default=0, help="port of the sandbox's portals; 0 takes a free one (%(default)s)")
    add("--keep", action="store_true", help="with --headless: keep everything running until Ctrl-C")
    add("--folder", type=_absolute, default=DEFAULT, help="where logs and data go (%(default)s)")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run(argv: Sequence[str]) -> int:
    """Run the demo; the exit status is 0 only if nothing was lost or doubled."""
    options = parser().parse_args(argv)
    if (options.kill_worker or options.kill_web) and not options.headless:
        parser().error("--kill-worker and --kill-web belong to --headless")
    try:
        with sole_user(options.folder):
            result = asyncio.run(_until_interrupted(_play(options)))
    except (DemoError, ExceptionGroup) as error:
        print(f"The demo failed: {_reason(error)}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return _INTERRUPTED if options.headless else 0
    # A person may press Ctrl-C while deals are on their way: those are not lost.
    return 0 if result.clean or (not options.headless and result.count.duplicates == 0) else 1


def _reason(error: Exception) -> str:
    """The sentence inside; an error that is none of the foreseen ones goes on with its trace."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, DemoError):
        raise error
    return str(error)


async def _until_interrupted(play: Coroutine[Any, Any, Result]) -> Result:
    """Cancel the play at the first Ctrl-C; more of them do not disturb the stopping."""
    task = asyncio.ensure_future(play)
    loop = asyncio.get_running_loop()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            print("\nStopping everything…", file=sys.stderr)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    return await task


async def _play(options: argparse.Namespace) -> Result:
    sweep_out(options.folder)

    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr if options.json else sys.stdout, flush=True)

    killing = bool(options.kill_worker or options.kill_web)
    stage = raised(
        options.folder,
        partners=options.partners,
        sandbox_port=options.port,
        settings=SHORT_WAITS if killing else {},
        all_wait=killing,
        say=say,
    )
    async with stage as raised_stage:
        if options.double_calls:
            await raised_stage.world.control.fault("double_call")
        play = run_headless if options.headless else run_interactive
        result = await play(raised_stage, options, say)
        if options.headless or options.json:
            print(json.dumps(result.as_json()), flush=True)
        if options.keep:
            say(f"Everything keeps running; the hub is at {raised_stage.hub.url}. Ctrl-C stops it.")
            with suppress(asyncio.CancelledError):
                await asyncio.get_running_loop().create_future()
    return result
