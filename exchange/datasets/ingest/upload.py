"""Taking an upload in: streamed to disk, checked against its digest, turned into a stored revision."""

import base64
import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exchange.core.errors import Invalid
from exchange.core.identifiers import new_id
from exchange.datasets.files import store_files
from exchange.datasets.ingest.progress import Progress, quiet
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.instructions import NO_INSTRUCTIONS, Instructions
from exchange.trust import Vault, WrappedKey

_CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"^sha-256=:([A-Za-z0-9+/]{43}=):$")


@dataclass(frozen=True)
class Deposited(Ingested):
    """An ingested revision whose files lie sealed in the storage, under the id that it will have.

    The id is given out before the row is written, because the data key is bound to it.
    """

    revision_id: str
    data_key: WrappedKey


def take_in(
    stream: IO[bytes],
    *,
    name: str,
    content_digest: str,
    storage: Vault,
    instructions: Instructions = NO_INSTRUCTIONS,
    progress: Progress = quiet,
) -> Deposited:
    """Receive an upload of one request and deposit it; run before any transaction begins.

    Args:
        name: the file's own name; its ending says how to read it.
        content_digest: RFC 9530 `Content-Digest` header, so that a cut upload is never taken for whole.

    Raises:
        Invalid: the bytes do not have the digest, or the file cannot be read; the message says where.
    """
    with tempfile.TemporaryDirectory(dir=storage.incoming) as folder:
        source = Path(folder) / "source"
        _receive(stream, source, content_digest)
        return deposit(source, name=name, storage=storage, instructions=instructions, progress=progress)


def deposit(
    source: Path,
    *,
    name: str,
    storage: Vault,
    instructions: Instructions = NO_INSTRUCTIONS,
    progress: Progress = quiet,
) -> Deposited:
    """Turn a received file into the files of a revision, sealed in the storage under one data key.

    Intermediate files lie beside the source.

    Raises:
        UnreadableSource: the file cannot be read; the message says where.
    """
    target = source.with_name("revision")
    ingested = ingest(
        source, name=name, target=target, temp=source.parent, progress=progress, **vars(instructions)
    )
    revision_id = new_id("rev")
    data_key = store_files(storage, target, ingested.files, revision_id=revision_id)
    target.rmdir()
    return Deposited(**vars(ingested), revision_id=revision_id, data_key=data_key)


def look_at(
    stream: IO[bytes],
    work: Path,
    *,
    name: str,
    content_digest: str,
    instructions: Instructions = NO_INSTRUCTIONS,
    progress: Progress = quiet,
) -> Ingested:
    """Take an upload in as far as a folder that its caller throws away: everything is known, nothing kept.

    Raises:
        Invalid: as `take_in`.
    """
    source = work / "source"
    _receive(stream, source, content_digest)
    return ingest(
        source, name=name, target=work / "revision", temp=work, progress=progress, **vars(instructions)
    )


def _receive(stream: IO[bytes], target: Path, content_digest: str) -> None:
    match = _DIGEST.match(content_digest)
    if match is None:
        raise Invalid(
            "an upload needs the digest of its bytes",
            field="Content-Digest",
            remedy="Send Content-Digest: sha-256=:<base64 of the SHA-256>: (RFC 9530).",
        )
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    if digest.digest() != base64.b64decode(match[1]):
        raise Invalid(
            "the bytes that arrived are not those of the digest",
            field="Content-Digest",
            remedy="Send the file again.",
        )
