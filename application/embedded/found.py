"""Where running servers are found: told to our caller, and noted for other commands on this machine."""

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.embedded.folder import Folder

NOTE = "addresses.json"
LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the running servers are found; notes are sentences for the operator."""

    database_url: str
    redis_url: str | None
    folder: Path
    notes: tuple[str, ...]


def note(folder: "Folder", found: Servers) -> None:
    """As private as the password that stands in it."""
    folder.write(NOTE, json.dumps({"database_url": found.database_url, "redis_url": found.redis_url}))


def forget(folder: "Folder") -> None:
    (folder.path / NOTE).unlink(missing_ok=True)


def of_another(folder: Path, seconds: float = 20.0) -> Servers | None:
    """The servers that another bridge runs in this folder, if it has any in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            noted = json.loads((folder / NOTE).read_text())
            return Servers(noted["database_url"], noted["redis_url"], folder, ())
        time.sleep(LOOK_EVERY)
    return None
