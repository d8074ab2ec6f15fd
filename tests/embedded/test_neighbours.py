"""Bridges side by side: each its own folder, and never two in one."""

import asyncio
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from application.embedded import EmbeddedError, FolderInUseError, default_folder, running, servers
from tests.embedded.bridges import Bridge, ask, at_work, copy, leave_marks, marks, wait_until


async def test_two_folders_do_not_meet(place: Path, folder: Path, made: Path):
    other = copy(made, place / "other")
    async with servers(folder) as one, servers(other) as two:
        await ask(one.database_url, "CREATE TABLE IF NOT EXISTS only_here ()")
        assert one.database_url != two.database_url
        assert await ask(two.database_url, "SELECT to_regclass('only_here')::text") is None
        assert len({process.pid for place in (folder, other) for process in at_work(place).values()}) == 4


async def test_two_folders_with_the_same_wish_for_a_port_both_start(place: Path, folder: Path, made: Path):
    other = copy(made, place / "other")
    async with servers(folder) as one:
        (other / "port").write_text((folder / "port").read_text())
        async with servers(other) as two:
            assert one.database_url != two.database_url


async def test_many_starts_at_once_do_not_meet(place: Path, made: Path):
    folders = [copy(made, place / str(number)) for number in range(3)]

    async def hold(each: Path) -> str:
        async with servers(each) as alone:
            await leave_marks(alone)
            await asyncio.wait_for(all_up.wait(), 20)
            assert await marks(alone) == ("kept", "kept")
            return alone.database_url

    all_up = asyncio.Barrier(len(folders))
    assert len(set(await asyncio.gather(*(hold(each) for each in folders)))) == len(folders)


async def test_the_second_bridge_on_a_folder_is_told_who_has_it(folder: Path, bridge: Callable[..., Bridge]):
    held = bridge(folder)
    addresses = held.said()
    with pytest.raises(
        EmbeddedError, match=rf"in use by another bridge \(process {held.process.pid}\).*BRIDGE_DATA"
    ):
        async with servers(folder):
            pass
    assert await ask(addresses["database_url"], "SELECT 1") == 1, "the first one was disturbed"
    held.end(signal.SIGKILL)
    async with servers(folder) as alone:
        assert await ask(alone.database_url, "SELECT 1") == 1


async def test_a_command_may_use_the_servers_of_a_running_bridge(folder: Path, bridge: Callable[..., Bridge]):
    held = bridge(folder)
    wait_until((folder / "lock").read_text, "the bridge has the folder")
    with pytest.raises(FolderInUseError) as busy:
        async with servers(folder):
            pass
    found = await running(busy.value)
    assert found is not None
    assert stat.S_IMODE((folder / "addresses.json").stat().st_mode) == 0o600
    addresses = held.said()
    assert (found.database_url, found.redis_url) == (addresses["database_url"], addresses["redis_url"])
    assert await ask(found.database_url, "SELECT 1") == 1
    held.end()
    assert not (folder / "addresses.json").exists()


def test_each_checkout_has_a_folder_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch):
    chosen = set()
    for checkout in (place / "a" / "bridge", place / "b" / "bridge"):
        checkout.mkdir(parents=True)
        monkeypatch.chdir(checkout)
        folder = default_folder()
        assert folder == default_folder()
        if os.geteuid() != 0:
            assert folder == checkout / "var" / "b24-bridge"
        chosen.add(folder)
    assert len(chosen) == 2
