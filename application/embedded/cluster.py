"""PostgreSQL and Valkey together: started, watched and stopped as one."""

import logging
import threading
from pathlib import Path

from application.embedded import found
from application.embedded.account import LAST_RESORT
from application.embedded.errors import OWN_SERVERS, EmbeddedError
from application.embedded.folder import Folder
from application.embedded.found import Servers
from application.embedded.postgres import Postgres
from application.embedded.valkey import Valkey

LOG = logging.getLogger(__name__)


class Cluster:
    """Blocking; one thread at a time works on the servers, and `stop` cuts a start short."""

    def __init__(self, wanted: Path) -> None:
        self._wanted = wanted
        self._folder: Folder | None = None
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None
        self._giving_up = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._notes: list[str] = []

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the servers, by name."""
        servers = {"postgres": self._postgres, "valkey": self._valkey}
        return {name: server.pid for name, server in servers.items() if server and server.pid}

    def start(self) -> Servers:
        with self._one_at_a_time:
            if self._giving_up.is_set():
                raise EmbeddedError("The embedded servers were stopped before they started.")
            try:
                self._folder = Folder.open(self._wanted)
                return self._start(self._folder)
            except OSError as error:
                self._stop()
                raise EmbeddedError(
                    f"The embedded servers cannot use {self._wanted} ({error}); "
                    f"name another folder in BRIDGE_DATA, or {OWN_SERVERS}."
                ) from error
            except BaseException:
                self._stop()
                raise

    def stop(self) -> None:
        self._giving_up.set()
        with self._one_at_a_time:
            self._stop()

    def raise_fallen(self) -> bool:
        """Start a server again that ended by itself, where its clients know it; tells whether all is well."""
        with self._one_at_a_time:
            if self._giving_up.is_set():
                return True
            try:
                if self._postgres and not self._postgres.running:
                    LOG.warning("the embedded PostgreSQL ended by itself and is started again")
                    self._postgres.stop()
                    self._postgres.start(self._giving_up, same_port=True)
                if self._valkey and not self._valkey.running:
                    LOG.warning("the embedded Valkey ended by itself and is started again")
                    self._valkey.stop()
                    self._valkey.start(self._giving_up)
            except (EmbeddedError, OSError) as error:
                LOG.error("an embedded server cannot be started again: %s", error)  # noqa: TRY400 - the sentence says it
                return False
            return True

    @property
    def fallen(self) -> bool:
        return any(not server.running for server in (self._postgres, self._valkey) if server)

    def _start(self, folder: Folder) -> Servers:
        found.forget(folder)
        self._note_the_place(folder)
        self._postgres = Postgres(folder)
        self._postgres.start(self._giving_up)
        self._valkey = self._start_valkey(folder)
        redis_url = self._valkey.url if self._valkey else None
        servers = Servers(self._postgres.url, redis_url, folder.path, tuple(self._notes))
        found.note(folder, servers)
        return servers

    def _start_valkey(self, folder: Folder) -> Valkey | None:
        try:
            valkey = Valkey(folder)
            valkey.start(self._giving_up)
        except (EmbeddedError, OSError) as error:
            self._notes.append(
                f"There is no embedded Valkey here ({error}), so the bridge runs on its slower path; "
                f"give the address of a Redis in BRIDGE_REDIS_URL for full speed."
            )
            return None
        return valkey

    def _note_the_place(self, folder: Folder) -> None:
        if folder.account is None:
            return
        shared = ", which other programs use as well" if folder.account.name == LAST_RESORT else ""
        place = f" and keep their data in {folder.path}" if folder.path != folder.wanted else ""
        self._notes.append(
            f"PostgreSQL refuses to run as root, so the embedded servers run under the account "
            f"{folder.account.name}{shared}{place}."
        )

    def _stop(self) -> None:
        if self._folder:
            found.forget(self._folder)
        for server in (self._valkey, self._postgres):
            if server:
                server.stop()
        self._valkey = self._postgres = None
        if self._folder:
            self._folder.release()
