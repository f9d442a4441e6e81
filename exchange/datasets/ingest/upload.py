"""Taking an upload in: streamed to disk, checked against its digest, turned into a stored revision file."""

import base64
import hashlib
import re
import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import IO

from exchange.core.errors import Invalid
from exchange.core.storage import FolderStorage
from exchange.datasets.files import store_files
from exchange.datasets.ingest.progress import Progress, quiet
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.quality.declaration import Declaration

_CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"^sha-256=:([A-Za-z0-9+/]{43}=):$")


def take_in(
    stream: IO[bytes],
    *,
    name: str,
    content_digest: str,
    storage: FolderStorage,
    text_columns: Collection[str] = (),
    load_schema: LoadSchema | None = None,
    declaration: Declaration | None = None,
    as_of: date | None = None,
    progress: Progress = quiet,
) -> Ingested:
    """Store the uploaded file as the files of a revision; run before any transaction begins.

    Args:
        name: the file's own name; its ending says how to read it.
        text_columns: columns that stay text whatever they look like.
        load_schema: how every column is to be read; without it types are found.
        declaration: what the provider has declared about the quality of the data set.
        as_of: the day against which freshness is judged.
        content_digest: RFC 9530 `Content-Digest` header, so that a cut upload is never taken for whole.

    Raises:
        Invalid: the bytes do not have the digest, or the file cannot be read; the message says where.
    """
    with tempfile.TemporaryDirectory(dir=storage.incoming) as folder:
        work = Path(folder)
        source = work / "source"
        _receive(stream, source, content_digest)
        target = work / "revision"
        ingested = ingest(
            source,
            name=name,
            target=target,
            temp=work,
            text_columns=text_columns,
            load_schema=load_schema,
            declaration=declaration,
            as_of=as_of,
            progress=progress,
        )
        store_files(storage, target, ingested.files)
    return ingested


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
