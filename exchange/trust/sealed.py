"""Sealed files: encrypted in chunks, so that any part can be read alone and no part can be changed.

Layout: a header of 40 bytes, then chunks of AES-256-GCM, each with its tag.

    header   b"WDXS", version 1, algorithm 1 (AES-256-GCM), log2 of the chunk's plain bytes, 0, salt of 32 bytes
    key      HKDF-SHA256 of the data key with the salt, over the context: 32 bytes of key, 7 bytes of prefix
    nonce    prefix || number of the chunk (4 bytes, big-endian) || 1 for the last chunk, else 0
    data     the header is associated data of every chunk

This is the construction of STREAM and of Tink's streaming AEAD. The salt makes the key of each file another
one, so that a nonce never serves twice under a data key; the context, which is the file's storage key, keeps
a file from being put in the place of another; the last-chunk flag shows a file that was cut.
"""

import os
from collections.abc import Callable
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exchange.core.errors import Unavailable

HEADER_BYTES: Final = 40
TAG_BYTES: Final = 16
#: Small enough that a page of rows decrypts little more than it reads, large enough that Python is no burden.
CHUNK_BYTES: Final = 1 << 16

_MAGIC = b"WDXS\x01\x01"
_SALT_BYTES = 32
_PREFIX_BYTES = 7
#: Chunk sizes that a reader accepts: 4 KiB to 16 MiB, so that a forged header cannot ask for the memory.
_CHUNK_BITS = range(12, 25)
_MOST_CHUNKS = 1 << 32


class SealBroken(Unavailable):
    """A sealed file was changed, cut, put in another's place, or is opened with another key."""

    code = "seal-broken"


class Sealer:
    """Encrypts what is written to it; without `finish` the file is cut and cannot be opened."""

    def __init__(self, target: IO[bytes], *, data_key: bytes, context: str) -> None:
        self._target = target
        self._header = _MAGIC + bytes((CHUNK_BYTES.bit_length() - 1, 0)) + os.urandom(_SALT_BYTES)
        self._cipher, self._prefix = _derived(data_key, self._header, context)
        self._waiting = bytearray()
        self._number = 0
        self.plain_bytes = 0
        target.write(self._header)

    def write(self, data: bytes) -> None:
        self._waiting += data
        self.plain_bytes += len(data)
        # A full chunk waits for the next byte: only then it is known not to be the last one.
        whole = max(0, (len(self._waiting) - 1) // CHUNK_BYTES) * CHUNK_BYTES
        for start in range(0, whole, CHUNK_BYTES):
            self._write_chunk(bytes(self._waiting[start : start + CHUNK_BYTES]), last=False)
        del self._waiting[:whole]

    def finish(self) -> None:
        self._write_chunk(bytes(self._waiting), last=True)

    def _write_chunk(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, plain, self._header))
        self._number += 1


class Unsealer:
    """Reads any part of a sealed file; the end is checked when it is opened, each chunk when it is read.

    Safe for several threads, as long as `read_at` is.

    Args:
        read_at: gives the bytes of the sealed file from a position on, as many as asked for.
        sealed_bytes: the length of the sealed file.
        context: as given when it was sealed.

    Raises:
        SealBroken: the file is not what was sealed under this key and context.
    """

    def __init__(
        self, read_at: Callable[[int, int], bytes], sealed_bytes: int, *, data_key: bytes, context: str
    ) -> None:
        self._read_at = read_at
        self._context = context
        self._sealed_bytes = sealed_bytes
        self._header = read_at(0, HEADER_BYTES)
        if (
            self._header[:6] != _MAGIC
            or len(self._header) != HEADER_BYTES
            or self._header[6] not in _CHUNK_BITS
        ):
            raise self._broken("it does not begin like one")
        self._chunk = 1 << self._header[6]
        self._cipher, self._prefix = _derived(data_key, self._header, context)
        body = sealed_bytes - HEADER_BYTES
        self._chunks = -(-body // (self._chunk + TAG_BYTES))
        self.size = body - self._chunks * TAG_BYTES
        if not 0 < self._chunks <= _MOST_CHUNKS or self.size < 0:
            raise self._broken("it is too short or too long")
        # A file that was cut at the border of a chunk differs from a whole one only here.
        self._last = self._open_chunks(self._chunks - 1, self._chunks)

    def read(self, start: int, length: int) -> bytes:
        """The plain bytes from `start`, fewer than `length` only at the end."""
        end = min(start + length, self.size)
        if end <= start:
            return b""
        first, behind = start // self._chunk, -(-end // self._chunk)
        plain = self._last if first == self._chunks - 1 else self._open_chunks(first, behind)
        return plain[start - first * self._chunk : end - first * self._chunk]

    def _open_chunks(self, first: int, behind: int) -> bytes:
        step = self._chunk + TAG_BYTES
        start, end = HEADER_BYTES + first * step, min(HEADER_BYTES + behind * step, self._sealed_bytes)
        sealed = memoryview(self._read_at(start, end - start))
        try:
            return b"".join(
                self._cipher.decrypt(
                    _nonce(self._prefix, number, last=number == self._chunks - 1),
                    sealed[(number - first) * step : (number - first + 1) * step],
                    self._header,
                )
                for number in range(first, behind)
            )
        except (InvalidTag, ValueError) as error:
            raise self._broken("its bytes are not those that were sealed") from error

    def _broken(self, reason: str) -> SealBroken:
        return SealBroken(
            f"the sealed file {self._context} cannot be opened: {reason}",
            remedy="Restore the storage and the master keys from the same backup.",
        )


def seal(source: IO[bytes], target: IO[bytes], *, data_key: bytes, context: str) -> None:
    """Encrypt all of `source` into `target`, in bounded memory."""
    sealer = Sealer(target, data_key=data_key, context=context)
    while piece := source.read(16 * CHUNK_BYTES):
        sealer.write(piece)
    sealer.finish()


def sealed_size(plain_bytes: int) -> int:
    """How long the sealed form of so many bytes is."""
    chunks = max(1, -(-plain_bytes // CHUNK_BYTES))
    return HEADER_BYTES + plain_bytes + chunks * TAG_BYTES


def _derived(data_key: bytes, header: bytes, context: str) -> tuple[AESGCM, bytes]:
    salt = header[HEADER_BYTES - _SALT_BYTES :]
    info = b"wdx sealed file\0" + context.encode()
    material = HKDF(SHA256(), 32 + _PREFIX_BYTES, salt=salt, info=info).derive(data_key)
    return AESGCM(material[:32]), material[32:]


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
