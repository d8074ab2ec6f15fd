"""What can go wrong with the embedded servers, in one sentence a person can act on."""

from pathlib import Path

OWN_SERVERS = "use servers of your own: give their addresses in BRIDGE_DATABASE_URL and BRIDGE_REDIS_URL"


class EmbeddedError(Exception):
    """The embedded servers cannot run here; the text says why and what to do."""


class FolderInUseError(EmbeddedError):
    """Another bridge runs its servers in this folder."""

    def __init__(self, sentence: str, folder: Path) -> None:
        super().__init__(sentence)
        self.folder = folder
