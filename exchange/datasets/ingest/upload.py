"""Taking an upload in: streamed to disk, checked against its digest, turned into a stored revision file."""

import base64
import hashlib
import re
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exchange.core.errors import Invalid
from exchange.core.identifiers import new_id
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.models import storage_key_of
from exchange.trust import Vault, WrappedKey

_CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"^sha-256=:([A-Za-z0-9+/]{43}=):$")


@dataclass(frozen=True)
class Deposited(Ingested):
    """An ingested file that lies sealed in the storage, under the id that its revision will have.

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
    text_columns: Collection[str] = (),
) -> Deposited:
    """Store the uploaded file as a revision file; run before any transaction begins.

    Args:
        name: the file's own name; its ending says how to read it.
        text_columns: columns that stay text whatever they look like.
        content_digest: RFC 9530 `Content-Digest` header, so that a cut upload is never taken for whole.

    Raises:
        Invalid: the bytes do not have the digest, or the file cannot be read; the message says where.
    """
    with tempfile.TemporaryDirectory(dir=storage.incoming) as folder:
        source = Path(folder) / "source"
        _receive(stream, source, content_digest)
        return deposit(source, name=name, storage=storage, text_columns=text_columns)


def deposit(source: Path, *, name: str, storage: Vault, text_columns: Collection[str] = ()) -> Deposited:
    """Turn a received file into a revision file, sealed in the storage; intermediate files lie beside it.

    Raises:
        UnreadableSource: the file cannot be read; the message says where.
    """
    target = source.with_name("revision.parquet")
    ingested = ingest(source, name=name, target=target, temp=source.parent, text_columns=text_columns)
    revision_id = new_id("rev")
    key = storage.new_key(bound_to=revision_id)
    storage.put(target, storage_key_of(revision_id, ingested.sha256), data_key=key.raw)
    return Deposited(**vars(ingested), revision_id=revision_id, data_key=key.wrapped)


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
