"""A process that holds the embedded servers until told to end; the tests end it in every way."""

import asyncio
import concurrent.futures.thread  # noqa: F401 - see below
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import application.embedded.cluster  # noqa: F401 - loaded before the user changes, who may not reach the code
from application.embedded import EmbeddedError, servers


def say(line: object) -> None:
    sys.stdout.write(f"{json.dumps(line, default=str)}\n")
    sys.stdout.flush()


async def hold(folder: Path) -> None:
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with servers(folder) as running:
        say(asdict(running))
        await asyncio.Event().wait()


def main() -> None:
    # Whoever runs the tests in the background of a shell hands down an ignored Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder, *user = sys.argv[1:]
    if user:
        os.setgroups([])
        os.setgid(int(user[0]))
        os.setuid(int(user[0]))
    try:
        asyncio.run(hold(Path(folder)))
    except EmbeddedError as error:
        say({"error": str(error)})
    except (asyncio.CancelledError, KeyboardInterrupt):
        say({})


main()
