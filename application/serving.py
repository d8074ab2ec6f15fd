"""Runs the parts of a process until it is told to stop: the web server, the worker, or both."""

import asyncio
import signal
from typing import Any

import structlog
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from application.main import Engine, engine
from application.settings import Settings, SettingsWrong
from application.store.database import UNAVAILABLE, check_migrated, migrate
from application.web import create_app

log = structlog.get_logger()

_GRACE_SECONDS = 5
_DATABASE_PAUSE = 1.0


async def serve(settings: Settings) -> None:
    """The web process."""
    await _run(settings, web=True, work=False)


async def work(settings: Settings) -> None:
    """The worker process."""
    await _run(settings, web=False, work=True)


async def run(settings: Settings, database_url: str, redis_url: str | None) -> None:
    """Both in one process, on a database that this command migrates itself."""
    for name in await migrate(database_url):
        log.info("migrated", migration=name)
    async with engine(settings, database_url, redis_url) as parts:
        await _together(parts, web=True, work=True)


async def _run(settings: Settings, *, web: bool, work: bool) -> None:
    if settings.database_url is None:
        raise SettingsWrong(
            "BRIDGE_DATABASE_URL: set it, or use `b24-bridge run`, which brings a database along."
        )
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    async with engine(settings, settings.database_url.get_secret_value(), redis_url) as parts:
        await _wait_for_database(parts)
        await _together(parts, web=web, work=work)


async def _wait_for_database(parts: Engine) -> None:
    """A database that starts later than we do is no reason to fail."""
    told = False
    while True:
        try:
            await check_migrated(parts.pool)
        except UNAVAILABLE as error:
            if not told:
                log.warning("database_away", error=type(error).__name__)
            told = True
            await asyncio.sleep(_DATABASE_PAUSE)
        else:
            return


async def _together(parts: Engine, *, web: bool, work: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running: list[asyncio.Task[Any]] = []
    if web:
        running += [
            asyncio.create_task(_web(parts, stop), name="web"),
            asyncio.create_task(parts.inbox.run(), name="inbox"),
        ]
    if work:
        running += [
            asyncio.create_task(_worker(parts, stop), name="worker"),
            asyncio.create_task(parts.sweep.run(), name="sweep"),
        ]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        ending = [task for task in running if task.get_name() in {"web", "worker"}]
        await asyncio.wait(ending, timeout=_GRACE_SECONDS + 3)
        for task in done - {stopping}:
            task.result()  # a part that ended by itself is a bug: let the process fail with its trace
    finally:
        for task in (*running, stopping):
            task.cancel()
        await asyncio.gather(*running, stopping, return_exceptions=True)
    log.info("stopped")


async def _web(parts: Engine, stop: asyncio.Event) -> None:
    config = Config()
    config.bind = [f"{parts.settings.host}:{parts.settings.port}"]
    config.graceful_timeout = _GRACE_SECONDS
    config.accesslog = None
    config.errorlog = None
    config.include_server_header = False
    log.info("listening", address=config.bind[0], public_url=parts.settings.public_url)

    async def told_to_stop() -> None:
        await stop.wait()

    await hypercorn_serve(create_app(parts), config, shutdown_trigger=told_to_stop)


async def _worker(parts: Engine, stop: asyncio.Event) -> None:
    log.info("working", lanes=parts.settings.lanes)
    work = asyncio.create_task(parts.worker.run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([work, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    parts.worker.stop()
    await work
