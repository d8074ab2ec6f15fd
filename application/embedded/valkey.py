"""The embedded Valkey: on a unix socket of its own, with an append-only file that outlasts kills."""

import contextlib
import os
import signal
import socket
import stat
import string
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

from application.embedded import binaries
from application.embedded.errors import EmbeddedError
from application.embedded.folder import Folder
from application.embedded.places import ROOTS_PLACE, fingerprint
from application.embedded.program import Program

# A unix socket's address holds 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET = 100
PLAIN = (string.ascii_letters + string.digits + "/._-").encode()
STOPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0))
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "dir": "./",
    "pidfile": "valkey.pid",
    "daemonize": "no",
    "databases": "64",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
}


class Valkey:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._binary = binaries.find(binaries.VALKEY, folder.account).path
        self._home = folder.path / "valkey"
        self._program = Program("Valkey", self._binary, self._home, folder, "valkey.log")
        self._socket = self._home / "valkey.sock"
        if len(os.fsencode(self._socket)) > LONGEST_SOCKET:
            self._socket = _short_place(folder) / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}"

    @property
    def pid(self) -> int | None:
        return self._program.pid

    @property
    def running(self) -> bool:
        return self._program.running

    def start(self, giving_up: threading.Event) -> None:
        self._folder.make(self._home)
        if self._folder.left_running or (self._home / "valkey.pid").exists():
            self._program.sweep(STOPS)
        if self._socket.parent != self._home:
            _make_short_place(self._socket.parent, self._folder)
        settings = {**SETTINGS, "unixsocket": _quoted(str(self._socket))}
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        self._folder.write("valkey/valkey.conf", text)
        try:
            self._program.start(["valkey.conf"], self._is_ready, giving_up)
        except EmbeddedError:
            self.stop()
            raise

    def stop(self) -> None:
        self._program.stop(STOPS)
        if self._socket.parent != self._home:
            with contextlib.suppress(OSError):
                self._socket.unlink(missing_ok=True)
                self._socket.parent.rmdir()

    def _is_ready(self, _pid: int) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            client.connect(str(self._socket))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        return False


def _short_place(folder: Folder) -> Path:
    if folder.account:
        return ROOTS_PLACE / "run" / fingerprint(folder.path)
    return Path(tempfile.gettempdir()) / f"b24-bridge-{os.getuid()}-{fingerprint(folder.path)}"


def _make_short_place(place: Path, folder: Folder) -> None:
    folder.make(place)
    status = place.lstat()
    owner = folder.account.uid if folder.account else os.getuid()
    # Everybody may write to the temporary folder, so what stands there may be somebody else's.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or stat.S_IMODE(status.st_mode) & 0o077:
        raise EmbeddedError(f"{place} is not a private folder of the servers; remove it")


def _quoted(text: str) -> str:
    """A word of Valkey's configuration language, whatever characters a path may hold."""
    return '"' + "".join(chr(byte) if byte in PLAIN else f"\\x{byte:02x}" for byte in os.fsencode(text)) + '"'
