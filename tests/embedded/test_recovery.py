"""Whatever was killed, and whatever stands in the way: the next start works and nothing is lost."""

import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest
import redis.exceptions

from application.embedded import Servers, servers
from tests.embedded.bridges import Bridge, ask, at_work, everything_in, leave_marks, marks, wait_until

Start = Callable[..., Bridge]


@pytest.mark.parametrize(
    "victims", [("us",), ("us", "postgres"), ("us", "valkey"), ("us", "postgres", "valkey")], ids="-".join
)
async def test_after_kills_the_next_start_finds_everything(
    folder: Path, bridge: Start, victims: tuple[str, ...]
):
    held = bridge(folder)
    await leave_marks(held.said())
    orphans = at_work(folder)
    assert held.end(signal.SIGKILL) == -signal.SIGKILL
    for name in victims[1:]:
        orphans[name].kill()
    async with servers(folder) as running:
        assert await marks(running) == ("kept", "kept")
        assert not {process.pid for process in orphans.values()} & {p.pid for p in at_work(folder).values()}
    assert not everything_in(folder)


@pytest.mark.parametrize("name", ["postgres", "valkey"])
async def test_a_server_killed_under_a_running_bridge_comes_back_at_its_address(folder: Path, name: str):
    async with servers(folder) as running:
        await leave_marks(running)
        fallen = at_work(folder)[name]
        fallen.kill()
        await asyncio.to_thread(
            wait_until, lambda: at_work(folder).get(name, fallen) != fallen, f"another {name} is there"
        )
        await _until_it_answers(running)
        assert await marks(running) == ("kept", "kept")
    assert not everything_in(folder)


async def _until_it_answers(running: Servers) -> None:
    while True:
        try:
            await marks(running)
        except (OSError, redis.exceptions.ConnectionError, asyncpg.CannotConnectNowError):
            continue
        return


@pytest.fixture
def nobody_reaps() -> Iterator[None]:
    """Orphans come to this process, which does not reap them, like a careless PID 1."""
    if sys.platform != "linux":
        pytest.skip("only Linux lets a process adopt orphans")
    set_subreaper, prctl = 36, ctypes.CDLL(None).prctl
    assert prctl(set_subreaper, 1, 0, 0, 0) == 0
    before = {process.pid for process in psutil.Process().children()}
    yield
    prctl(set_subreaper, 0, 0, 0, 0)
    for process in psutil.Process().children():
        if process.pid not in before and process.status() == psutil.STATUS_ZOMBIE:
            os.waitpid(process.pid, 0)


@pytest.mark.usefixtures("nobody_reaps")
async def test_servers_that_died_but_were_never_reaped_are_not_taken_for_living(folder: Path, bridge: Start):
    held = bridge(folder)
    await leave_marks(held.said())
    dead = at_work(folder)
    held.end(signal.SIGKILL)
    for process in dead.values():
        process.kill()
    wait_until(lambda: all(p.status() == psutil.STATUS_ZOMBIE for p in dead.values()), "both are zombies")
    async with servers(folder) as running:
        assert await marks(running) == ("kept", "kept")


@pytest.mark.usefixtures("nobody_reaps")
async def test_orphans_are_stopped_even_if_nobody_reaps_them(folder: Path, bridge: Start):
    held = bridge(folder)
    await leave_marks(held.said())
    held.end(signal.SIGKILL)
    async with asyncio.timeout(10):
        async with servers(folder) as running:
            assert await marks(running) == ("kept", "kept")
    assert not everything_in(folder)


@pytest.fixture
def stranger(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the servers' account that is no server."""
    user = (folder / "postgres").stat().st_uid
    with subprocess.Popen(["sleep", "600"], user=user if os.geteuid() == 0 else None) as process:
        yield process
        process.kill()


async def test_a_process_id_that_now_belongs_to_a_stranger_is_left_alone(
    folder: Path, stranger: subprocess.Popen[bytes]
):
    lock = f"{stranger.pid}\n{folder}/postgres/data\n1700000000\n5432\n\n127.0.0.1\n  1 2\nready   \n"
    for name, text in (("postgres/data/postmaster.pid", lock), ("valkey/valkey.pid", f"{stranger.pid}\n")):
        (folder / name).write_text(text)
        os.chown(folder / name, (folder / "postgres").stat().st_uid, -1)
    (folder / "lock").write_text(f"{stranger.pid}\n")
    async with servers(folder) as running:
        assert await ask(running.database_url, "SELECT 1") == 1
        assert running.redis_url
    assert stranger.poll() is None


async def test_a_taken_port_is_left_to_whoever_has_it(folder: Path):
    async with servers(folder) as before:
        await leave_marks(before)
    port = urlsplit(before.database_url).port
    with socket.create_server(("127.0.0.1", port or 0)) as squatter:
        async with servers(folder) as running:
            assert urlsplit(running.database_url).port not in {port, squatter.getsockname()[1]}
            assert await marks(running) == ("kept", "kept")


async def test_a_stale_socket_is_no_obstacle(folder: Path):
    path = folder / "valkey" / "valkey.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with servers(folder) as running:
        await leave_marks(running)
        assert await marks(running) == ("kept", "kept")


async def test_a_log_of_writes_that_was_cut_short_costs_only_its_last_write(folder: Path):
    async with servers(folder) as running:
        await leave_marks(running)
    written = next((folder / "valkey" / "appendonlydir").glob("*.incr.aof"))
    with written.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nmark\r\n$5\r\nlo")
    async with servers(folder) as running:
        assert await marks(running) == ("kept", "kept")


async def test_a_database_half_made_is_made_again(place: Path, bridge: Start):
    data = place / "data"
    for sign in ("postgres.new-*/data/base", "postgres.new-*/data/global/pg_control"):
        held = bridge(data)
        wait_until(partial(_exists, data, sign), f"the making has come to {sign}")
        held.end(signal.SIGKILL)
        assert not (data / "postgres").exists()
    async with servers(data) as running:
        assert await ask(running.database_url, "SELECT 1") == 1
        assert not list(data.glob("postgres.new-*"))
    assert not everything_in(place)


async def test_kills_at_any_moment_of_start_and_stop_do_no_harm(folder: Path, bridge: Start):
    async with servers(folder) as running:
        await leave_marks(running)
    moments: list[Callable[[], object]] = [
        (folder / "lock").read_text,
        lambda: at_work(folder).get("postgres"),
        (folder / "postgres" / "data" / "postmaster.pid").exists,
        lambda: at_work(folder).get("valkey"),
    ]
    for moment in moments:
        held = bridge(folder)
        wait_until(moment, "the moment has come")
        held.end(signal.SIGKILL)
    held = bridge(folder)
    held.said()
    held.process.terminate()
    wait_until(lambda: "shut down" in _tail(folder) or len(at_work(folder)) < 2, "the stop is under way")
    held.end(signal.SIGKILL)
    async with servers(folder) as running:
        assert await marks(running) == ("kept", "kept")
    assert not everything_in(folder)


def _exists(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


def _tail(folder: Path) -> str:
    return (folder / "postgres.log").read_text()[-300:]


async def test_a_large_log_is_put_aside(folder: Path):
    log = folder / "postgres.log"
    with log.open("ab") as file:
        file.truncate(5_000_000)
    async with servers(folder):
        assert log.stat().st_size < 100_000
        assert (folder / "postgres.1.log").stat().st_size == 5_000_000
