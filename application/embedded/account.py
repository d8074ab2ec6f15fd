"""The unprivileged account the servers run under when the bridge itself is started by root."""

import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NAME = "b24-bridge"
LAST_RESORT = "nobody"


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    def identity(self) -> Identity:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Whether every folder on the way lets this account pass."""
        folder = folder.resolve()
        return all(self._passes(place) for place in (folder, *folder.parents) if place.exists())

    def _passes(self, place: Path) -> bool:
        status = place.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def owner(folder: Path) -> Account | None:
    """The account that owns existing data: whoever it is goes on with it."""
    uid = folder.stat().st_uid
    if uid == 0:
        return None
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        return Account(str(uid), uid, folder.stat().st_gid)


def unprivileged(name: str = NAME, useradd: str | None = "useradd") -> Account:
    """Our own system account, made on first use; `nobody` where none can be made.

    An account has to exist: initdb refuses a user id without a name. Others' accounts, such as the
    one of an installed PostgreSQL, own data of their own, so none of them will do.
    """
    account = _named(name)
    command = shutil.which(useradd) if useradd else None
    if account is None and command is not None:
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
        subprocess.run(
            [command, *options, "--shell", "/usr/sbin/nologin", name],
            check=False,  # another process may have been faster; what counts is the next look
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        account = _named(name)
    return account or _named(LAST_RESORT) or Account(LAST_RESORT, 65534, 65534)


def _named(name: str) -> Account | None:
    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        return None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
