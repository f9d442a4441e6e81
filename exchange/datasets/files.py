"""The files of a revision: immutable, in order, each with its digest, its rows and its range of time."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.core.canonical import to_bytes
from exchange.core.storage import Storage

#: Names the form of the manifest whose digest is the digest of a revision.
MANIFEST_FORM = "wdx-revision-files/1"


@dataclass(frozen=True)
class RevisionFile:
    """One stored Parquet file.

    `number` counts from 1 in the order of the rows; `first_row` is the number of its first row in the
    whole revision, from 0. `time_from` and `time_to` are both inclusive, as they are delivered, None
    without a time field.
    """

    number: int
    sha256: str
    size_bytes: int
    rows: int
    first_row: int
    time_from: str | None
    time_to: str | None

    @property
    def storage_key(self) -> str:
        """Where the file lies in the storage."""
        return storage_key_of(self.sha256)

    @property
    def file_name(self) -> str:
        """Its name in a folder of one revision."""
        return f"{self.number:05d}.parquet"

    def to_json(self) -> dict[str, Any]:
        """Return the file as plain values of the canonical profile."""
        return dict(vars(self))


@dataclass(frozen=True)
class RevisionFiles:
    """The files of one revision, and how each comes to where the engine can read it.

    A file is located when it is asked for, since bringing it near may cost a download.
    """

    files: tuple[RevisionFile, ...]
    locate: Callable[[RevisionFile], Path]

    def paths(self) -> list[Path]:
        """Return where all of them are, in order."""
        return [self.locate(file) for file in self.files]


def storage_key_of(sha256: str) -> str:
    """Where the file with this digest lies in the storage."""
    return f"revisions/{sha256[:2]}/{sha256}.parquet"


def whole_sha256(files: Sequence[RevisionFile]) -> str:
    """Return the digest of a revision: SHA-256 of the canonical JSON manifest of its files."""
    manifest = {"form": MANIFEST_FORM, "files": [file.to_json() for file in files]}
    return hashlib.sha256(to_bytes(manifest)).hexdigest()


def store_files(storage: Storage, folder: Path, files: Sequence[RevisionFile]) -> None:
    """Put the files of a finished revision from their folder into the storage."""
    for file in files:
        storage.put(folder / file.file_name, file.storage_key)


def stored_files(storage: Storage, files: Sequence[RevisionFile]) -> RevisionFiles:
    """Give the files of a stored revision to a reader."""
    return RevisionFiles(tuple(files), lambda file: storage.local_path(file.storage_key))


def folder_files(folder: Path, files: Sequence[RevisionFile]) -> RevisionFiles:
    """Give the files of a revision that lie in a folder, as `ingest` leaves them, to a reader."""
    return RevisionFiles(tuple(files), lambda file: folder / file.file_name)
