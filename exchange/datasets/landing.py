"""Files that appear whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.core.disk import flush

_CHUNK_BYTES = 1 << 20


@contextmanager
def landing(target: Path) -> Iterator[Path]:
    """Yield a path to write to; when the block succeeds the file is on disk under `target`.

    On any failure nothing is left and an earlier `target` keeps its bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        flush(partial)
        partial.replace(target)
        # The rename itself is lost in a power cut unless the folder is flushed too.
        flush(target.parent)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def landing_folder(target: Path) -> Iterator[Path]:
    """Yield a folder to put files into; when the block succeeds they are on disk in `target`, which is new.

    On any failure nothing is left.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield partial
        for path in partial.iterdir():
            flush(path)
        flush(partial)
        partial.rename(target)
        flush(target.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def digest_file(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
