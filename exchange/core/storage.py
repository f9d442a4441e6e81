"""Where the bytes of data sets lie; a file appears under its key whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from exchange.core.disk import flush
from exchange.core.errors import Invalid, Unavailable
from exchange.core.workspace import Workspace

#: What a file is called while it is written; a crash leaves it, and no key ends like this.
PARTIAL_ENDING = ".partial"


class StoredFileMissing(Unavailable):
    """The database names a file that the storage does not have."""

    code = "stored-file-missing"


class StorageUnavailable(Unavailable):
    """The storage does not answer, or refuses what it is asked."""

    code = "storage-unavailable"


@dataclass(frozen=True)
class StoredFile:
    """One file of the storage."""

    key: str
    size_bytes: int
    modified_at: datetime


class Storage(Protocol):
    """A place for immutable files, and a local folder where they are prepared.

    Keys are paths with `/`; a key is written once. Nothing here is called inside a transaction.

    Raises:
        StorageUnavailable: the storage does not answer; every method may raise it.
    """

    workspace: Workspace

    @property
    def incoming(self) -> Path:
        """A local folder where this process prepares files."""

    def put(self, source: Path, key: str) -> None:
        """Move the file in under the key, durably; a key that is there already keeps its bytes."""

    def size(self, key: str) -> int:
        """How many bytes lie under the key.

        Raises:
            StoredFileMissing: none.
        """

    def read(self, key: str, start: int, length: int) -> bytes:
        """The bytes from `start` on; callers ask for no more than there are.

        Raises:
            StoredFileMissing: there is nothing under the key.
        """

    def delete(self, key: str) -> None:
        """Remove the file; one that is not there is removed already."""

    def find(self, prefix: str) -> Iterator[StoredFile]:
        """All files whose key begins with the prefix, which ends with `/`."""


class FolderStorage:
    """Files in a local folder, the storage of the embedded size."""

    def __init__(self, folder: Path, workspace: Workspace | None = None) -> None:
        self.folder = folder
        self.workspace = workspace or Workspace(folder.with_name(f"{folder.name}-incoming"))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def incoming(self) -> Path:
        return self.workspace.folder

    def put(self, source: Path, key: str) -> None:
        """Rename the finished file into place; its bytes and its name are on the disk afterwards."""
        target = self.folder / key
        with _answering():
            _make_folder(target.parent)
            if not target.exists():
                flush(source)
                _move(source, target)
                # The rename itself is lost in a power cut unless the folder is flushed too.
                flush(target.parent)
            source.unlink(missing_ok=True)

    def size(self, key: str) -> int:
        with _answering(key):
            return (self.folder / key).stat().st_size

    def read(self, key: str, start: int, length: int) -> bytes:
        with _answering(key):
            descriptor = os.open(self.folder / key, os.O_RDONLY)
            try:
                return _read_at(descriptor, start, length)
            finally:
                os.close(descriptor)

    def delete(self, key: str) -> None:
        with _answering():
            (self.folder / key).unlink(missing_ok=True)
            # Emptied folders go too; one that another process is filling is not empty.
            with suppress(OSError):
                (self.folder / key).parent.rmdir()

    def find(self, prefix: str) -> Iterator[StoredFile]:
        with _answering():
            paths = sorted((self.folder / prefix).rglob("*"))
        for path in paths:
            with suppress(FileNotFoundError):  # removed since
                found = path.stat()
                if path.is_file():
                    at = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield StoredFile(path.relative_to(self.folder).as_posix(), found.st_size, at)


def folder_of_url(url: str) -> Path | None:
    """The local folder that a storage address names, or None when it names something else.

    Raises:
        Invalid: a `file:` address of another machine, or a relative one.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    path = Path(unquote(parts.path))
    if parts.netloc not in {"", "localhost"} or not path.is_absolute():
        raise Invalid(
            f"{url} is no local folder", field="WDX_STORAGE_URL", remedy="Write file:///folder/of/storage."
        )
    return path


@contextmanager
def _answering(key: str = "") -> Iterator[None]:
    """Turn a fault of the file system into a refusal that names what to do."""
    try:
        yield
    except OSError as error:
        if key and isinstance(error, FileNotFoundError | NotADirectoryError):
            raise missing(key) from error
        raise StorageUnavailable(
            f"the storage folder cannot be used: {error.strerror or error}",
            remedy="See that WDX_STORAGE_DIR is mounted, writable and not full.",
        ) from error


def missing(key: str) -> StoredFileMissing:
    """Say that a file is lost; the database knows it."""
    return StoredFileMissing(
        f"the stored file {key} is missing", remedy="Restore the storage from its backup."
    )


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it; their names are on the disk afterwards."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    flush(folder.parent)


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError:
        # Another file system: written beside its place first, so that it still appears whole.
        partial = target.with_name(f".{secrets.token_hex(8)}{PARTIAL_ENDING}")
        try:
            shutil.copyfile(source, partial)
            flush(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def _read_at(descriptor: int, start: int, length: int) -> bytes:
    parts = []
    while length > 0 and (part := os.pread(descriptor, length, start)):
        parts.append(part)
        start, length = start + len(part), length - len(part)
    return b"".join(parts)
