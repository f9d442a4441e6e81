"""Master keys: each wraps the data keys of many files, and lies in a file apart from database and storage."""

import base64
import hashlib
import hmac
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.core.errors import Unavailable
from exchange.trust.secret_files import KeyFileExists, create_secret_file, read_secret_file

KEY_BYTES: Final = 32
#: How a data key is wrapped: AES-256-GCM, 12 bytes of nonce before the sealed key.
WRAPPING: Final = "A256GCM"
#: The current key, and how older ones beside it are called.
CURRENT_NAME: Final = "master.key"
OLDER_NAMES: Final = "master-*.key"

_NONCE_BYTES = 12


class MasterKeyUnusable(Unavailable):
    """The master key is missing, malformed, or not the one that wrapped this data key."""

    code = "master-key-unusable"


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it may be stored: useless without the master key it names."""

    algorithm: str
    master_key_id: str
    wrapped: bytes


@dataclass(frozen=True)
class MasterKey:
    """A random key of 256 bits, named by a digest that tells nothing of it."""

    raw: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return hmac.new(self.raw, b"wdx master key id", hashlib.sha256).hexdigest()[:16]

    def wrap(self, data_key: bytes, *, bound_to: str) -> WrappedKey:
        """Encrypt a data key; it can be unwrapped only for what it is bound to."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.raw).encrypt(nonce, data_key, bound_to.encode())
        return WrappedKey(WRAPPING, self.id, nonce + sealed)

    def unwrap(self, key: WrappedKey, *, bound_to: str) -> bytes:
        """Decrypt a data key.

        Raises:
            MasterKeyUnusable: another key wrapped it, or for something else.
        """
        if key.algorithm != WRAPPING:
            raise MasterKeyUnusable(f"data keys wrapped with {key.algorithm} are not understood here")
        nonce, sealed = key.wrapped[:_NONCE_BYTES], key.wrapped[_NONCE_BYTES:]
        try:
            return AESGCM(self.raw).decrypt(nonce, sealed, bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise MasterKeyUnusable(
                f"the data key of {bound_to} was not wrapped by master key {self.id} for it",
                remedy="Restore database and master keys from the same backup.",
            ) from error


class MasterKeys:
    """The current master key and the older ones that still unwrap; read again when the files change.

    Nodes that run on while the key is rotated therefore need no restart.
    """

    def __init__(self, current_file: Path, folder: Path) -> None:
        self.current_file = current_file
        self.folder = folder
        self._guard = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._current: MasterKey | None = None
        self._known: dict[str, MasterKey] = {}

    def current(self) -> MasterKey:
        """The key that wraps from now on.

        Raises:
            MasterKeyUnusable: there is none.
            KeyFileExposed: others may read it.
        """
        with self._guard:
            try:
                found = self.current_file.stat()
            except OSError as error:
                raise _missing(self.current_file) from error
            if self._current is None or self._seen != (found.st_ino, found.st_mtime_ns):
                self._current = read_master_key(self.current_file)
                self._known[self._current.id] = self._current
                self._seen = (found.st_ino, found.st_mtime_ns)
            return self._current

    def unwrap(self, key: WrappedKey, *, bound_to: str) -> bytes:
        """Decrypt a data key with the master key that it names.

        Raises:
            MasterKeyUnusable: that master key is not here.
        """
        return self._named(key.master_key_id).unwrap(key, bound_to=bound_to)

    def _named(self, key_id: str) -> MasterKey:
        current = self.current()
        if key_id == current.id:
            return current
        with self._guard:
            if key_id not in self._known:
                self._known.update({key.id: key for key in self._older()})
            if key_id in self._known:
                return self._known[key_id]
        raise MasterKeyUnusable(
            f"master key {key_id} is not here",
            remedy=f"Restore it from the backup of the keys as {self.folder / f'master-{key_id}.key'}.",
        )

    def _older(self) -> Iterator[MasterKey]:
        for path in sorted(self.folder.glob(OLDER_NAMES)):
            yield read_master_key(path)


def open_master_keys(folder: Path, current_file: Path | None = None) -> MasterKeys:
    """The master keys of an exchange; its own key file is made at the first start.

    A file that the operator names is never made here: it comes from a secret store.

    Raises:
        MasterKeyUnusable: the named file is missing, or a file holds no key.
        KeyFileExposed: others may read a key.
    """
    keys = MasterKeys(current_file or folder / CURRENT_NAME, folder)
    if current_file is None and not keys.current_file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(KeyFileExists):  # another node was faster
            write_master_key(MasterKey(os.urandom(KEY_BYTES)), keys.current_file)
    keys.current()
    return keys


def read_master_key(path: Path) -> MasterKey:
    """Read a key file: 32 bytes in base64 on one line.

    Raises:
        MasterKeyUnusable: it is missing or holds something else.
        KeyFileExposed: other users of the machine may open it.
    """
    try:
        raw = base64.b64decode(read_secret_file(path).strip(), validate=True)
    except OSError as error:
        raise _missing(path) from error
    except ValueError as error:
        raise _malformed(path) from error
    if len(raw) != KEY_BYTES:
        raise _malformed(path)
    return MasterKey(raw)


def write_master_key(key: MasterKey, path: Path) -> None:
    """Create a key file that only its owner can read; whole or not at all, and never over another.

    Raises:
        KeyFileExists: there is a file of that name.
    """
    create_secret_file(path, base64.b64encode(key.raw) + b"\n")


def _missing(path: Path) -> MasterKeyUnusable:
    return MasterKeyUnusable(
        f"the master key {path} cannot be read",
        remedy="Restore it from the backup of the keys; without it no stored data can be opened.",
    )


def _malformed(path: Path) -> MasterKeyUnusable:
    return MasterKeyUnusable(
        f"{path} does not hold a master key",
        remedy="Put 32 random bytes in base64 into it, as `openssl rand -base64 32` makes them.",
    )
