"""What arrives packed: one gzip'ed file, or a folder sent as one ZIP archive."""

import gzip
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Protocol

from exchange.datasets.errors import UnreadableSource

#: A small archive can unpack to more than the machine holds; eight times the largest upload is ample.
MAX_UNPACKED_BYTES = 64 << 30
#: More files than hours in a year are better joined first.
MAX_FILES = 10_000

_COPY_BYTES = 1 << 20
_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpack_gzip(source: Path, name: str, target: Path) -> Path:
    """Write the content of a gzip'ed file to `target`.

    Raises:
        UnreadableSource: it is damaged or unpacks to too much.
    """
    try:
        with gzip.open(source) as reading:
            _copy(reading, target, name, MAX_UNPACKED_BYTES)
    except _DAMAGED as error:
        raise _damaged(name, "gzip file", error) from error
    return target


def unpack_folder(source: Path, name: str, folder: Path) -> list[tuple[str, Path]]:
    """Write the files of an archive under numbers of their own; returns the name and path of each.

    The order is that of the names, so that the same files are the same revision whatever tool packed
    them. Hidden files and what systems add on their own are left out.

    Raises:
        UnreadableSource: it is damaged, holds no files or too many, or unpacks to too much.
    """
    folder.mkdir()
    try:
        with zipfile.ZipFile(source) as archive:
            members = sorted(
                (item for item in archive.infolist() if _is_data(item)), key=lambda item: item.filename
            )
            _check(members, name)
            unpacked, left = [], MAX_UNPACKED_BYTES
            for number, member in enumerate(members):
                # Names from outside never become paths.
                path = folder / f"{number:05d}"
                with archive.open(member) as reading:
                    left -= _copy(reading, path, name, left)
                unpacked.append((member.filename, path))
    except _DAMAGED as error:
        raise _damaged(name, "ZIP archive", error) from error
    return unpacked


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise UnreadableSource(f"{name} holds no files.", remedy="Send a folder with data files in it.")
    if len(members) > MAX_FILES:
        raise UnreadableSource(
            f"{name} holds {len(members)} files; the limit is {MAX_FILES}.", remedy="Join them into fewer."
        )
    names = [member.filename for member in members]
    for first, second in pairwise(names):
        if first == second:
            raise UnreadableSource(f"{name} holds {first} twice.", remedy="Pack every file once.")


def _is_data(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _copy(reading: _Readable, target: Path, name: str, limit: int) -> int:
    """Copy while it stays under the limit: what an archive states about its size may be untrue."""
    copied = 0
    with target.open("wb") as writing:
        while chunk := reading.read(_COPY_BYTES):
            copied += writing.write(chunk)
            if copied > limit:
                raise UnreadableSource(
                    f"{name} unpacks to more than {MAX_UNPACKED_BYTES} bytes.",
                    remedy="Send it as several data sets.",
                )
    return copied


def _damaged(name: str, what: str, error: Exception) -> UnreadableSource:
    return UnreadableSource(f"{name} is not a readable {what} ({error}).", remedy="Pack it again.")
