"""Opening a stored revision: its data key is unwrapped, and the engine is given an address."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from exchange.core.storage import Storage
from exchange.datasets.queries import StoredRevision
from exchange.datasets.sealed_files import SEALED_FILES, Readable
from exchange.trust import Vault, WrappedKey


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
        MasterKeyUnusable, SealBroken, StoredFileMissing: storage and keys do not fit together.
    """
    with opener(vault, revision.id, revision.data_key) as opened:
        yield opened(revision.storage_key, revision.size_bytes)


@contextmanager
def opener(
    vault: Vault, revision_id: str, data_key: WrappedKey | None
) -> Iterator[Callable[[str, int], str]]:
    """Yield a function that opens a stored file of a revision, given its key and its plain size in bytes.

    It gives the address for the engine, good until the block ends; a file is touched when it is asked for.
    The data key is unwrapped once for all of them.
    """
    raw = None if data_key is None else vault.open_key(data_key, bound_to=revision_id)
    with ExitStack() as mounted:

        def opened(key: str, plain_bytes: int) -> str:
            file: Readable = (
                _Plain(vault.storage, key, vault.storage.size(key))
                if raw is None
                else vault.open(key, data_key=raw, plain_bytes=plain_bytes)
            )
            return mounted.enter_context(SEALED_FILES.mounted(key, file))

        yield opened
