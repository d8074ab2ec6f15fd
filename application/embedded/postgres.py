"""The embedded PostgreSQL: made once, started on loopback, safe after any kill."""

import contextlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

from application.embedded import binaries, processes
from application.embedded.errors import OWN_SERVERS, EmbeddedError
from application.embedded.folder import Folder
from application.embedded.program import Program, environment

USER = "bridge"
DATABASE = "bridge"
HOST = "127.0.0.1"
TRIES = 5
HALF = "postgres.new-"
INITDB = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
# Smart stops wait for clients, fast ones do not; immediate is a crash that the log heals.
STOPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 10.0))
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "cluster_name": "b24-bridge",
    "max_connections": "200",
    "log_checkpoints": "off",
}


class Postgres:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        try:
            self._binary, self._version = binaries.find(binaries.POSTGRES, folder.account)
        except EmbeddedError as error:
            raise EmbeddedError(
                f"The embedded PostgreSQL does not fit this machine ({error}); {OWN_SERVERS}."
            ) from error
        self._home = folder.path / "postgres"
        self._data = self._home / "data"
        self._program = Program("PostgreSQL", self._binary, self._data, folder, "postgres.log")

    @property
    def url(self) -> str:
        password = (self._home / "password").read_text().strip()
        return f"postgresql://{USER}:{password}@{HOST}:{self._port()}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        return self._program.pid

    @property
    def running(self) -> bool:
        return self._program.running

    def start(self, giving_up: threading.Event, *, same_port: bool = False) -> None:
        """Start on the port of last time, or on another free one if that has been taken."""
        if self._folder.left_running or self._lock_file.exists():
            self._program.sweep(STOPS)
        self._clear_halves()
        if not (self._data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        for attempt in range(TRIES):
            # No process of ours is left, so whoever this file names is a stranger or a zombie.
            self._lock_file.unlink(missing_ok=True)
            port = self._port() if same_port else self._choose_port(fresh=attempt > 0)
            settings = {**SETTINGS, "port": str(port)}
            options = [f"--{name}={value}" for name, value in settings.items()]
            try:
                self._program.start(["-D", str(self._data), *options], self._is_ready, giving_up)
            except EmbeddedError as error:
                self.stop()
                taken = not _is_free(port)
                if same_port or not taken or giving_up.is_set() or attempt == TRIES - 1:
                    raise EmbeddedError(f"{error}; put that right, or {OWN_SERVERS}.") from error
            else:
                self._folder.write("port", f"{port}\n")
                return

    def stop(self) -> None:
        self._program.stop(STOPS)

    @property
    def _lock_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _is_ready(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            lines = self._lock_file.read_text().splitlines()
            return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004 - its 8th line is the state
        return False

    def _port(self) -> int:
        try:
            return int((self._folder.path / "port").read_text())
        except (OSError, ValueError):
            return 0

    def _choose_port(self, *, fresh: bool) -> int:
        port = 0 if fresh else self._port()
        if port and _is_free(port):
            return port
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            return int(probe.getsockname()[1])

    def _create(self) -> None:
        """Made aside and renamed, so that a half-made database is never taken for a whole one."""
        fresh = self._folder.make(self._folder.path / f"{HALF}{secrets.token_hex(4)}")
        try:
            password = self._folder.write(f"{fresh.name}/password", f"{secrets.token_urlsafe(24)}\n")
            self._run(fresh, "initdb", f"--pgdata={fresh / 'data'}", f"--pwfile={password}", *INITDB)
            single = ("--single", "-D", str(fresh / "data"), "postgres")
            self._run(fresh, "postgres", *single, said=f"CREATE DATABASE {DATABASE}")
            fresh.rename(self._home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        self._folder.sync()

    def _run(self, place: Path, tool: str, *arguments: str, said: str = "") -> None:
        account = self._folder.account
        identity = account.identity() if account else {}
        result = subprocess.run(
            [self._binary.with_name(tool), *arguments],
            check=False,
            input=said,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=place,
            env=environment(),
            start_new_session=True,
            umask=0o077,
            **identity,
        )
        if result.returncode:
            lines = result.stderr.strip().splitlines() or [f"status {result.returncode}"]
            raise EmbeddedError(
                f"PostgreSQL could not make its data folder in {self._folder.path} ({lines[-1]}); "
                f"name another folder in BRIDGE_DATA, or {OWN_SERVERS}."
            )

    def _clear_halves(self) -> None:
        """Remove what a kill in the middle of the making left; its initdb may still be at work."""
        for half in self._folder.path.glob(f"{HALF}*"):
            at_work = processes.running_in(half, "initdb")
            at_work += processes.running_in(half / "data", self._binary.name)
            processes.stop(at_work, [(signal.SIGKILL, 10.0)])
            shutil.rmtree(half, ignore_errors=True)

    def _check_version(self) -> None:
        written = (self._data / "PG_VERSION").read_text().strip()
        found = re.search(r"\d+", self._version)
        if found and found[0] != written:
            raise EmbeddedError(
                f"The data in {self._data} was written by PostgreSQL {written} and this bridge brings "
                f"{found[0]}; move it over with pg_dump, or name another folder in BRIDGE_DATA."
            )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL does: connections of the last run that fade away do not keep a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
