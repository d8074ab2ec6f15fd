"""Starting and stopping, as long as nobody is killed."""

import asyncio
import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psutil
import pytest

from application.embedded import servers
from tests.embedded.bridges import Bridge, ask, at_work, copy, everything_in, leave_marks, marks, wait_until


async def test_a_bare_folder_becomes_two_servers_and_what_they_hold_is_kept(place: Path):
    async with servers(place / "new" / "data") as first:
        assert first.folder == place / "new" / "data"
        await leave_marks(first)
    assert not everything_in(place)
    async with servers(place / "new" / "data") as second:
        assert second.database_url == first.database_url
        assert second.redis_url == first.redis_url
        assert await marks(second) == ("kept", "kept")


async def test_a_later_start_takes_a_moment(folder: Path):
    begun = time.monotonic()
    async with servers(folder):
        pass
    assert time.monotonic() - begun < 3


async def test_only_the_password_opens_the_database(folder: Path):
    async with servers(folder) as running:
        assert await ask(running.database_url, "SHOW password_encryption") == "scram-sha-256"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(running.database_url.replace("bridge:", "bridge:wrong", 1))
        kept = folder / "postgres" / "password"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert kept.read_text().strip() in running.database_url
        logs = (folder / "postgres.log").read_text() + (folder / "valkey.log").read_text()
        assert kept.read_text().strip() not in logs


async def test_the_servers_listen_on_this_machine_alone(folder: Path):
    async with servers(folder) as running:
        server = at_work(folder)
        sockets = server["postgres"].net_connections("inet")
        assert {socket.laddr.ip for socket in sockets} == {"127.0.0.1"}
        assert not server["valkey"].net_connections("inet")
        assert running.redis_url == f"unix://{folder}/valkey/valkey.sock"
        assert stat.S_IMODE((folder / "valkey" / "valkey.sock").stat().st_mode) == 0o700


async def test_text_is_utf8_and_sorted_alike_on_every_machine(folder: Path):
    async with servers(folder) as running:
        assert await ask(
            running.database_url, "SELECT lower('СДЕЛКА') || current_setting('server_encoding')"
        ) == ("сделкаUTF8")
        assert await ask(running.database_url, "SELECT datlocale FROM pg_database LIMIT 1") == "C.UTF-8"


async def test_a_long_or_odd_path_still_has_room_for_a_socket(place: Path, made: Path):
    odd = place / f"папка с пробелом и %20 {'o' * 60}"
    copy(made, odd)
    async with servers(odd) as running:
        assert running.redis_url
        assert len(running.redis_url) < 108
        await leave_marks(running)
        assert await marks(running) == ("kept", "kept")
        socket_folder = Path(running.redis_url.removeprefix("unix://")).parent
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert not socket_folder.exists()


async def test_an_odd_short_path_keeps_its_socket_inside(place: Path, made: Path):
    odd = place / 'a "b" %41'
    copy(made, odd)
    async with servers(odd) as running:
        await leave_marks(running)
        assert await marks(running) == ("kept", "kept")
        assert (odd / "valkey" / "valkey.sock").exists()


async def test_the_loop_goes_on_turning_meanwhile(place: Path):
    gaps = [0.0]

    async def turn() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    turning = asyncio.create_task(turn())
    async with servers(place / "data"):
        pass
    turning.cancel()
    assert len(gaps) > 10
    assert sorted(gaps)[-2] < 0.35, "something blocked the event loop"


@pytest.mark.parametrize("after", [0.0, 0.02, 0.06, 0.12])
async def test_a_start_given_up_in_the_middle_leaves_nothing(folder: Path, after: float):
    async def hold() -> None:
        async with servers(folder):
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await asyncio.wait({task}, timeout=after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not everything_in(folder)
    async with servers(folder) as running:
        assert await ask(running.database_url, "SELECT 1") == 1


async def test_an_impatient_person_cannot_cut_the_stop_short(folder: Path):
    async def hold() -> None:
        async with servers(folder):
            ready.set()
            await asyncio.Event().wait()

    ready = asyncio.Event()
    task = asyncio.create_task(hold())
    await ready.wait()
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.005)
    assert task.cancelled()
    assert not everything_in(folder)


def test_control_c_reaches_the_bridge_and_the_bridge_ends_its_servers(
    folder: Path, bridge: Callable[..., Bridge]
):
    held = bridge(folder)
    held.said()
    server = at_work(folder)
    assert all(os.getsid(process.pid) == process.pid for process in server.values())
    os.killpg(held.process.pid, signal.SIGINT)  # what a terminal does
    assert held.wait() == 0
    assert not everything_in(folder)
    log = (folder / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()
    assert not (folder / "valkey" / "valkey.pid").exists()
    assert (folder / "lock").read_text() == ""


def test_the_servers_are_told_nothing_of_our_environment(
    folder: Path, bridge: Callable[..., Bridge], monkeypatch: pytest.MonkeyPatch
):
    for name in ("BRIDGE_SECRET_KEYS", "PGPORT", "PGDATA", "PGOPTIONS"):
        monkeypatch.setenv(name, "wrong")
    held = bridge(folder)
    assert held.said()["database_url"]
    for process in at_work(folder).values():
        assert "BRIDGE_SECRET_KEYS" not in process.environ()
    held.end()


def test_a_stopped_server_does_not_hold_up_the_end(folder: Path, bridge: Callable[..., Bridge]):
    held = bridge(folder)
    held.said()
    client = at_work(folder)["valkey"]
    client.send_signal(signal.SIGTERM)
    wait_until(lambda: not psutil.pid_exists(client.pid) or at_work(folder).get("valkey"), "valkey moved on")
    assert held.end() == 0
    assert not everything_in(folder)
