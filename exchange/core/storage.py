"""Where the bytes of data sets lie; a file appears under its name whole or not at all."""

import os
from pathlib import Path
from typing import Protocol

from exchange.core.errors import Unavailable


class Storage(Protocol):
    """A place for immutable files."""

    @property
    def incoming(self) -> Path:
        """A local folder where files are prepared."""

    def put(self, source: Path, key: str) -> None:
        """Move the file in under the key; a key that is there already keeps its bytes."""

    def local_path(self, key: str) -> Path:
        """A path from which the file can be read."""


class FolderStorage:
    """Files in a local folder, the storage of the embedded size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "incoming").mkdir(parents=True, exist_ok=True)

    @property
    def incoming(self) -> Path:
        """Where files are prepared; on the same file system, so that `put` only renames."""
        return self.folder / "incoming"

    def put(self, source: Path, key: str) -> None:
        """Rename the finished file into place and make the rename durable."""
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            source.unlink()
            return
        source.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def local_path(self, key: str) -> Path:
        """The file itself.

        Raises:
            Unavailable: the database knows the file and the folder does not have it.

        """
        path = self.folder / key
        if not path.is_file():
            raise Unavailable(
                f"the stored file {key} is missing", remedy="Restore WDX_STORAGE_DIR from its backup."
            )
        return path
