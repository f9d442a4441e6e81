"""Opening a stored revision: its data key is unwrapped, and the engine is given addresses of its files."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from exchange.core.storage import Storage
from exchange.datasets.files import RevisionFile, RevisionFiles, plain_storage_key_of, storage_key_of
from exchange.datasets.queries import StoredRevision
from exchange.datasets.sealed_files import SEALED_FILES, Readable
from exchange.trust import Vault


@dataclass(frozen=True)
class _Plain:
    """A file that was stored before data were sealed."""

    storage: Storage
    key: str
    size: int

    def read(self, start: int, length: int) -> bytes:
        return self.storage.read(self.key, start, length)


@contextmanager
def opened_revision(vault: Vault, revision: StoredRevision) -> Iterator[RevisionFiles]:
    """Yield the files of a revision for `read_page`, `write_file` and questions of one's own.

    The data key is unwrapped once for all of them; a file is opened when it is located, and what the engine
    is told of it is good until the block ends.

    Raises:
        MasterKeyUnusable, SealBroken, StoredFileMissing: storage and keys do not fit together.
    """
    sealed_by = revision.data_key
    raw = None if sealed_by is None else vault.open_key(sealed_by, bound_to=revision.id)
    with ExitStack() as mounted:

        def locate(file: RevisionFile) -> str:
            if raw is None:
                key = plain_storage_key_of(file.sha256)
                opened: Readable = _Plain(vault.storage, key, vault.storage.size(key))
            else:
                key = storage_key_of(revision.id, file.sha256)
                opened = vault.open(key, data_key=raw, plain_bytes=file.size_bytes)
            return mounted.enter_context(SEALED_FILES.mounted(key, opened))

        yield RevisionFiles(revision.files, locate)
