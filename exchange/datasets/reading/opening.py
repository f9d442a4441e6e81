"""Opening a stored revision: its data key is unwrapped, and the engine is given an address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange.core.storage import Storage
from exchange.datasets.queries import StoredRevision
from exchange.datasets.sealed_files import SEALED_FILES, Readable
from exchange.trust import Vault


@dataclass(frozen=True)
class _Plain:
    """A revision that was stored before data were sealed."""

    storage: Storage
    key: str
    size: int

    def read(self, start: int, length: int) -> bytes:
        return self.storage.read(self.key, start, length)


@contextmanager
def opened_revision(vault: Vault, revision: StoredRevision) -> Iterator[str]:
    """Yield the address of a revision's rows for `read_page`, `write_file` and questions of one's own.

    Raises:
        DataKeyDestroyed: the data were deleted.
        MasterKeyUnusable, SealBroken, StoredFileMissing: storage and keys do not fit together.
    """
    with SEALED_FILES.mounted(revision.storage_key, _file_of(vault, revision)) as address:
        yield address


def _file_of(vault: Vault, revision: StoredRevision) -> Readable:
    if revision.data_key is None:
        return _Plain(vault.storage, revision.storage_key, vault.storage.size(revision.storage_key))
    data_key = vault.open_key(revision.data_key, bound_to=revision.id)
    return vault.open(revision.storage_key, data_key=data_key, plain_bytes=revision.size_bytes)
