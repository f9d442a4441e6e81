"""The storage with its lock: whatever is put in is sealed, and opened again only with its data key."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from exchange.core.storage import Storage
from exchange.trust.master_keys import KEY_BYTES, MasterKeys, WrappedKey
from exchange.trust.sealed import Unsealer, seal, sealed_size


@dataclass(frozen=True)
class DataKey:
    """A fresh data key: in the clear for the work at hand, wrapped for the database."""

    raw: bytes = field(repr=False)
    wrapped: WrappedKey


@dataclass(frozen=True)
class Vault:
    """What features see of storage and master keys."""

    storage: Storage
    masters: MasterKeys

    @property
    def incoming(self) -> Path:
        """A local folder of this process, for plain files under way."""
        return self.storage.incoming

    def new_key(self, *, bound_to: str) -> DataKey:
        """Make a data key that can be unwrapped only for what it is bound to."""
        raw = os.urandom(KEY_BYTES)
        return DataKey(raw, self.masters.current().wrap(raw, bound_to=bound_to))

    def open_key(self, wrapped: WrappedKey, *, bound_to: str) -> bytes:
        """The data key in the clear; keep it no longer than the work at hand."""
        return self.masters.unwrap(wrapped, bound_to=bound_to)

    def put(self, source: Path, key: str, *, data_key: bytes) -> None:
        """Seal the file into the storage and remove it from where it was prepared."""
        sealed = source.with_name(f"{source.name}.sealed")
        with source.open("rb") as plain, sealed.open("wb") as target:
            seal(plain, target, data_key=data_key, context=key)
        self.storage.put(sealed, key)
        source.unlink()

    def open(self, key: str, *, data_key: bytes, plain_bytes: int | None = None) -> Unsealer:
        """Open a sealed file for reading any part of it.

        Args:
            plain_bytes: its length in the clear where that is known; it saves asking the storage.
        """
        length = self.storage.size(key) if plain_bytes is None else sealed_size(plain_bytes)
        return Unsealer(
            lambda start, count: self.storage.read(key, start, count),
            length,
            data_key=data_key,
            context=key,
        )
