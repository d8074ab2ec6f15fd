"""Data folders for the tests of the embedded servers, each swept clean of processes at the end."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from application.embedded import processes
from application.embedded.cluster import Cluster
from tests.embedded.bridges import Bridge, everything_in


def _open_place() -> Path:
    # pytest's own folders are closed to the account that root's servers run under.
    place = Path(tempfile.mkdtemp(prefix="b24-bridge-test-")).resolve()
    place.chmod(0o755)
    return place


def _nothing_left_in(place: Path) -> None:
    left = everything_in(place)
    for process in left:
        process.kill()
    processes.wait_gone(left, 10)
    assert not left, f"servers outlived their test: {left}"


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty place that any account may pass."""
    place = _open_place()
    yield place
    try:
        _nothing_left_in(place)
    finally:
        shutil.rmtree(place)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data folder for all tests that are not about its making: each leaves it fit for the next start."""
    place = _open_place()
    cluster = Cluster(place / "data")
    cluster.start()
    cluster.stop()
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """A data folder with a database in it that nobody runs."""
    for log in made.glob("*.log"):
        log.unlink()
    yield made
    _nothing_left_in(made.parent)


@pytest.fixture
def bridge() -> Iterator[Callable[..., Bridge]]:
    """Starts bridges; those that a test leaves running are killed."""
    started: list[Bridge] = []

    def start(folder: Path, *arguments: str, path: Path | None = None) -> Bridge:
        started.append(Bridge(folder, *arguments, path=path))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.wait()
