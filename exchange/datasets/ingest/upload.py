"""Taking an upload in: streamed to disk, checked against its digest, turned into a stored revision file."""

import base64
import hashlib
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

from exchange.core.errors import Invalid
from exchange.core.storage import FolderStorage
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.models import storage_key_of

_CHUNK_BYTES = 1 << 20
_REVISION_FILE = "revision.parquet"
_DIGEST = re.compile(r"^sha-256=:([A-Za-z0-9+/]{43}=):$")


def take_in(
    stream: IO[bytes],
    *,
    name: str,
    content_digest: str,
    storage: FolderStorage,
    text_columns: Collection[str] = (),
) -> Ingested:
    """Store the uploaded file as a revision file; run before any transaction begins.

    Args:
        name: the file's own name; its ending says how to read it.
        text_columns: columns that stay text whatever they look like.
        content_digest: RFC 9530 `Content-Digest` header, so that a cut upload is never taken for whole.

    Raises:
        Invalid: the bytes do not have the digest, or the file cannot be read; the message says where.
    """
    with tempfile.TemporaryDirectory(dir=storage.incoming) as folder:
        work = Path(folder)
        ingested = look_at(
            stream, work, name=name, content_digest=content_digest, text_columns=text_columns
        )
        storage.put(work / _REVISION_FILE, storage_key_of(ingested.sha256))
    return ingested


def look_at(
    stream: IO[bytes],
    work: Path,
    *,
    name: str,
    content_digest: str,
    text_columns: Collection[str] = (),
) -> Ingested:
    """Take an upload in as far as a folder that its caller throws away: everything is known, nothing kept.

    Raises:
        Invalid: as `take_in`.
    """
    source = work / "source"
    _receive(stream, source, content_digest)
    return ingest(source, name=name, target=work / _REVISION_FILE, temp=work, text_columns=text_columns)


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
