"""The files of a revision: immutable, in order, each with its digest, its rows and its range of time."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.core.canonical import to_bytes
from exchange.trust import Vault, WrappedKey

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
    def file_name(self) -> str:
        """Its name in a folder of one revision."""
        return f"{self.number:05d}.parquet"

    def to_json(self) -> dict[str, Any]:
        """Return the file as plain values of the canonical profile."""
        return dict(vars(self))


@dataclass(frozen=True)
class RevisionFiles:
    """The files of one revision, and how each comes to where the engine can read it.

    A file is located when it is asked for, since opening it costs a question to the storage. What `locate`
    gives is a path, or the address of an opened sealed file.
    """

    files: tuple[RevisionFile, ...]
    locate: Callable[[RevisionFile], Path | str]

    def places(self) -> list[Path | str]:
        """Return where the engine finds all of them, in order."""
        return [self.locate(file) for file in self.files]


def storage_key_of(revision_id: str, sha256: str) -> str:
    """Where a revision's file lies in the storage; no two revisions share one, as each has its own key."""
    return f"revisions/{revision_id}/{sha256}.parquet"


def plain_storage_key_of(sha256: str) -> str:
    """Where a file lies that was stored before data were sealed."""
    return f"revisions/{sha256[:2]}/{sha256}.parquet"


def whole_sha256(files: Sequence[RevisionFile]) -> str:
    """Return the digest of a revision: SHA-256 of the canonical JSON manifest of its files."""
    manifest = {"form": MANIFEST_FORM, "files": [file.to_json() for file in files]}
    return hashlib.sha256(to_bytes(manifest)).hexdigest()


def store_files(
    storage: Vault, folder: Path, files: Sequence[RevisionFile], *, revision_id: str
) -> WrappedKey:
    """Seal the files of a finished revision from their folder into the storage, all under one new data key."""
    key = storage.new_key(bound_to=revision_id)
    for file in files:
        storage.put(folder / file.file_name, storage_key_of(revision_id, file.sha256), data_key=key.raw)
    return key.wrapped


def remove_files(storage: Vault, revision_id: str, files: Sequence[RevisionFile]) -> None:
    """Remove the stored files of a revision that nobody will know of."""
    for file in files:
        storage.storage.delete(storage_key_of(revision_id, file.sha256))


def folder_files(folder: Path, files: Sequence[RevisionFile]) -> RevisionFiles:
    """Give the files of a revision that lie in a folder, as `ingest` leaves them, to a reader."""
    return RevisionFiles(tuple(files), lambda file: folder / file.file_name)
