"""Where data and binaries of the embedded servers lie, for root and for everybody else."""

import hashlib
import os
import sys
from pathlib import Path

ROOTS_PLACE = Path("/var/lib/b24-bridge")


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def default_folder() -> Path:
    """`./var/b24-bridge` under the current folder; for root a folder of its own for each current folder."""
    return place_for_root(Path.cwd()) if is_root() else Path.cwd() / "var" / "b24-bridge"


def place_for_root(wanted: Path) -> Path:
    """Where root's servers keep what was wanted in a folder that their account cannot reach."""
    wanted = wanted.resolve()
    return ROOTS_PLACE / f"{wanted.name}-{fingerprint(wanted)}"


def fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def make_parents(path: Path) -> None:
    """Make the folders above that are missing; those made by root let other accounts pass."""
    for parent in reversed(path.parents):
        if not parent.exists():
            parent.mkdir(exist_ok=True)
            if is_root():
                parent.chmod(0o755)
