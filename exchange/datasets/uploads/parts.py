"""The bytes of an upload: parts are sealed as they arrive, and put together again to be read."""

import hashlib
import hmac
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exchange.datasets.uploads.errors import ChecksumMismatch, PartTooLong
from exchange.datasets.uploads.queries import PartCard
from exchange.datasets.uploads.service import StoredPart
from exchange.trust import Vault
from exchange.trust.sealed import Sealer

#: Where parts lie in the storage.
PLACE = "uploads/"
#: The algorithms of checksums of a part; tus demands sha1, ours is sha256.
CHECKSUMS = ("sha256", "sha1")

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Checksum:
    """What the sender says of the bytes of a part."""

    algorithm: str
    digest: bytes


def receive_part(
    stream: IO[bytes],
    *,
    upload_id: str,
    start: int,
    most_bytes: int,
    checksum: Checksum | None,
    vault: Vault,
    data_key: bytes,
) -> StoredPart:
    """Seal a part into the storage while it arrives; it is durable when this returns, or nothing is kept.

    Raises:
        PartTooLong: more bytes came than `most_bytes`.
        ChecksumMismatch: they are not those of the checksum.
    """
    key = f"{PLACE}{upload_id}/{start:020d}-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(dir=vault.incoming) as folder:
        sealed = Path(folder) / "part"
        with sealed.open("wb") as target:
            sealer = Sealer(target, data_key=data_key, context=key)
            _copy(stream, sealer, most_bytes=most_bytes, checksum=checksum)
            sealer.finish()
        vault.storage.put(sealed, key)
    return StoredPart(start, sealer.plain_bytes, key)


def _copy(stream: IO[bytes], sealer: Sealer, *, most_bytes: int, checksum: Checksum | None) -> None:
    digest = hashlib.new(checksum.algorithm if checksum else "sha256", usedforsecurity=False)
    while piece := stream.read(_PIECE_BYTES):
        if sealer.plain_bytes + len(piece) > most_bytes:
            raise PartTooLong(
                f"no more than {most_bytes} bytes are taken here",
                remedy="Send the file in parts of at most WDX_UPLOAD_PART_BYTES, up to its end.",
            )
        digest.update(piece)
        sealer.write(piece)
    if checksum is not None and not hmac.compare_digest(digest.digest(), checksum.digest):
        raise ChecksumMismatch(
            "the bytes that arrived are not those of the checksum",
            field="Upload-Checksum",
            remedy="Send the part again.",
        )


def assemble(
    parts: Iterable[PartCard], target: Path, *, sha256: str, vault: Vault, data_key: bytes
) -> None:
    """Put the parts together in a local file, in bounded memory.

    Raises:
        ChecksumMismatch: the whole is not the file that its owner announced.
    """
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for part in parts:
            reader = vault.open(part.storage_key, data_key=data_key, plain_bytes=part.size_bytes)
            for start in range(0, part.size_bytes, _PIECE_BYTES):
                piece = reader.read(start, _PIECE_BYTES)
                digest.update(piece)
                file.write(piece)
    if digest.hexdigest() != sha256:
        raise ChecksumMismatch(
            "the file that arrived is not the one that was announced",
            field="sha256",
            remedy="Upload it again; the file may have changed meanwhile.",
        )


def remove_parts(vault: Vault, upload_id: str) -> None:
    """Free the storage of all parts of an ended upload, also of those that a crash kept from being counted.

    What a crash leaves here is swept later, and cannot be read any more.
    """
    for file in list(vault.storage.find(f"{PLACE}{upload_id}/")):
        vault.storage.delete(file.key)
