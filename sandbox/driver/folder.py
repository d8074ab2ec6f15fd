"""The demo's folder: one demo at a time, its log files, and the data of the last one gone."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT = CHECKOUT / "var" / "demo"


class DemoError(Exception):
    """The demo cannot go on; the text is one sentence for the person in front of it."""


@contextmanager
def sole_user(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel lets go of it when we die, and its file goes when we end."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    descriptor = _acquire(path)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 20).decode(errors="replace").strip()
            os.close(descriptor)
            raise DemoError(
                f"A demo of this checkout is running already (process {owner or 'unknown'});"
                " stop it with Ctrl-C first."
            ) from None
        # The demo before us may have removed the file between our open and our lock.
        if path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
        os.close(descriptor)


def sweep_out(folder: Path) -> None:
    """Remove what the last demo left: log files, secrets and certificates of its run."""
    for name in ("log", "secrets", "sandbox"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "log").mkdir()
    (folder / "secrets").mkdir(mode=0o700)


def private_file(path: Path, text: str) -> Path:
    """Write a secret so that no other account can read it, not even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
