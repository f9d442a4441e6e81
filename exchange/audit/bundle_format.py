"""The form of an evidence bundle: its members, their order, its manifest, its container.

A bundle is a zip file. Its comment is the SHA-256 of every byte before the comment, so no byte changes
unnoticed; the member MANIFEST, signed by the log key, pins all the others.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from exchange.audit.tiles import (
    TILE_WIDTH,
    TileInvalid,
    entries_path,
    numbered_path,
    parse_numbered_path,
    parse_tile_path,
    tiles_of,
    widths,
)
from exchange.core.errors import Invalid

FORMAT = "wdx-bundle/1"
HOWTO = "HOWTO.md"
CHECKPOINT = "checkpoint"
VKEY = "log.vkey"
MANIFEST = "MANIFEST"

MAX_MEMBER_BYTES = 64 * 1024 * 1024
RECORD_LENGTH_BYTES = 4
#: The container digest: lower-case hex in the zip comment.
DIGEST_CHARS = 64

_FIRST_MEMBERS = {HOWTO: 0, CHECKPOINT: 1, VKEY: 2}
_ENTRIES_PREFIX = "tile/entries/"
_PAYLOAD_PREFIX = "payload/"
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64}) (\S+)")
_CHUNK_BYTES = 1024 * 1024


class BundleInvalid(Invalid):
    """The file is not an evidence bundle, or cannot become one."""

    code = "bundle-invalid"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed list of what a bundle holds: (sha256 hex, member name) in file order."""

    origin: str
    members: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The note text."""
        lines = [FORMAT, self.origin, *(f"{digest} {name}" for digest, name in self.members)]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_text(cls, text: str) -> "Manifest":
        """Read the note text, strictly."""
        lines = text.split("\n")
        if len(lines) < 3 or lines[0] != FORMAT or lines[-1]:
            raise BundleInvalid(f"The manifest does not have the form {FORMAT}.")
        return cls(lines[1], tuple(_parse_line(line) for line in lines[2:-1]))


def payload_path(index: int, width: int = TILE_WIDTH) -> str:
    """The member that holds the payload records of the entry bundle with the same number."""
    return f"{_PAYLOAD_PREFIX}{numbered_path(index, width)}"


def member_order(name: str) -> tuple[int, int, int]:
    """Where a member stands in the file; two members of one place are duplicates.

    Raises:
        BundleInvalid: a bundle has no member of this name.
    """
    if name in _FIRST_MEMBERS:
        return (_FIRST_MEMBERS[name], 0, 0)
    if name == MANIFEST:
        return (6, 0, 0)
    try:
        if name.startswith(_ENTRIES_PREFIX):
            return (4, 0, parse_numbered_path(name.removeprefix(_ENTRIES_PREFIX))[0])
        if name.startswith(_PAYLOAD_PREFIX):
            return (5, 0, parse_numbered_path(name.removeprefix(_PAYLOAD_PREFIX))[0])
        tile = parse_tile_path(name)
    except TileInvalid as error:
        raise BundleInvalid(f"A bundle has no member named {name!r}.") from error
    return (3, tile.level, tile.index)


def log_members(size: int) -> list[str]:
    """The members a log of this size must have in its bundle, apart from the four that describe it."""
    names = [tile.path for tile in tiles_of(size)]
    names += [entries_path(index, width) for index, width in widths(size)]
    names += [payload_path(index, width) for index, width in widths(size)]
    return names


def container_digest(file: BinaryIO, progress: Callable[[int], None] | None = None) -> tuple[str, bytes]:
    """The SHA-256 of the file up to its comment, and the comment. Reads the whole file once."""
    size = file.seek(0, 2)
    remaining = max(0, size - DIGEST_CHARS)
    digest = sha256()
    file.seek(0)
    while remaining and (chunk := file.read(min(_CHUNK_BYTES, remaining))):
        digest.update(chunk)
        remaining -= len(chunk)
        if progress is not None:
            progress(file.tell())
    return digest.hexdigest(), file.read(DIGEST_CHARS)


def encode_payloads(records: Iterable[bytes | None]) -> bytes:
    """Write payload records, each after its length in four bytes; an erased one has length 0."""
    parts = []
    for record in records:
        parts.append(len(record or b"").to_bytes(RECORD_LENGTH_BYTES, "big"))
        parts.append(record or b"")
    return b"".join(parts)


def _parse_line(line: str) -> tuple[str, str]:
    match = _MANIFEST_LINE.fullmatch(line)
    if match is None:
        raise BundleInvalid("A line of the manifest is not a SHA-256 in lower-case hex and a member name.")
    return match[1], match[2]
