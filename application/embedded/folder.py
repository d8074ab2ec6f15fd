"""The folder the embedded servers keep their data in, and the lock that makes it one bridge's own."""

import contextlib
import errno
import fcntl
import os
from dataclasses import dataclass, field
from pathlib import Path

from application.embedded.account import Account, owner, unprivileged
from application.embedded.errors import OWN_SERVERS, EmbeddedError, FolderInUseError
from application.embedded.places import is_root, make_parents, place_for_root

PRIVATE = 0o700
SECRET = 0o600


@dataclass(slots=True)
class Folder:
    """A data folder under our lock; files and folders made in it belong to the servers' account."""

    path: Path
    account: Account | None
    wanted: Path
    left_running: bool = field(default=False, init=False)
    _lock: int = field(default=-1, init=False)

    @classmethod
    def open(cls, wanted: Path) -> "Folder":
        wanted = wanted.absolute()
        try:
            there = next(place for place in (wanted, *wanted.parents) if place.exists())
            if not there.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(there))
            folder = _place(wanted)
            folder.make(folder.path)
            folder.lock()
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {wanted} cannot be used ({error.strerror}: {error.filename}); "
                f"name another folder in BRIDGE_DATA, or {OWN_SERVERS}."
            ) from error
        return folder

    def lock(self) -> None:
        """The kernel drops this lock with us, however we end."""
        descriptor = self._open_own("lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise FolderInUseError(
                f"The data folder {self.path} is in use by another bridge"
                f"{f' (process {holder})' if holder else ''}; "
                f"stop that one, or name another folder in BRIDGE_DATA.",
                self.path,
            ) from None
        except OSError:
            os.close(descriptor)
            raise
        self._lock = descriptor
        # Whoever stops its servers empties the lock: what stands in it was left by a kill.
        self.left_running = os.fstat(descriptor).st_size > 0
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        if self._lock >= 0:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = -1

    def make(self, path: Path) -> Path:
        """A private folder of the servers' account; one that is there already stays as it is."""
        make_parents(path)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=PRIVATE)
            if self.account:
                os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a private file as a whole: after a kill there is the old one or the new one."""
        descriptor = self._open_own(f"{name}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return (self.path / f"{name}.new").replace(self.path / name)

    def sync(self) -> None:
        """Make a rename in the folder outlast a power cut."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def log(self, name: str, largest: int = 4_000_000) -> int:
        """A descriptor to append to; a log that grew large is put aside first."""
        path = self.path / name
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > largest:
                path.replace(path.with_suffix(".1.log"))
        return self._open_own(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def _open_own(self, name: str, flags: int) -> int:
        # The servers' account may write here: a link planted by it must not lead root elsewhere.
        descriptor = os.open(self.path / name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET)
        if self.account:
            os.fchown(descriptor, self.account.uid, self.account.gid)
        return descriptor


def _place(wanted: Path) -> Folder:
    if not is_root():
        return Folder(wanted.resolve(), None, wanted)
    kept = wanted / "postgres"
    if kept.exists():
        account = owner(kept) or unprivileged()
        if not account.reaches(kept):
            raise EmbeddedError(
                f"The data in {wanted} belongs to the account {account.name}, which can no longer reach "
                f"it; let it pass through the folders above, or {OWN_SERVERS}."
            )
        return Folder(wanted.resolve(), account, wanted)
    account = unprivileged()
    aside = place_for_root(wanted)
    if not aside.exists() and account.reaches(wanted):
        return Folder(wanted.resolve(), account, wanted)
    return Folder(aside, account, wanted)
