"""Writing an evidence bundle: streamed, so that memory does not grow with the payloads."""

import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from exchange.audit import bundle_format
from exchange.audit.bundle_format import (
    DIGEST_CHARS,
    MAX_MEMBER_BYTES,
    BundleInvalid,
    Manifest,
    container_digest,
    encode_payloads,
    payload_path,
)
from exchange.audit.checkpoints import open_checkpoint
from exchange.audit.howto import HOWTO_TEXT
from exchange.audit.merkle import leaf_hashes
from exchange.audit.notes import VKey, sign_note
from exchange.audit.tiles import TILE_WIDTH, RightEdge, encode_entries, entries_path, tiles_of
from exchange.core.disk import flush
from exchange.core.entries import MAX_RECORD_BYTES
from exchange.trust import PrivateKey

#: An entry of the log with its payload record, None when that was erased.
Item = tuple[bytes, bytes | None]

# One fixed time, so that the same evidence gives the same file. It is the earliest a zip can state.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FAST_DEFLATE = 1


def write_bundle(
    path: str | Path,
    *,
    checkpoint_note: str,
    key: PrivateKey,
    origin: str,
    vkey: VKey,
    batches: Iterable[Sequence[Item]],
    compress: bool = True,
) -> None:
    """Write the log under a checkpoint into one file; a crash leaves no half-written bundle behind.

    `batches` gives all items in the order of the log, in batches of any size (256 suits best). An existing
    file of that name is replaced.

    Raises:
        BundleInvalid: the items are not those under the checkpoint, or the keys and names disagree.
        NoteInvalid: the checkpoint is not one this key signed.
    """
    if vkey != VKey(origin, key.public):
        raise BundleInvalid("The key, the vkey and the origin do not belong together.")
    checkpoint = open_checkpoint(checkpoint_note, vkey)
    target = Path(path)
    with ExitStack() as stack:
        collected = _Collected(*(stack.enter_context(_scratch_file(target)) for _ in range(2)))
        for items in _in_tiles(batches):
            collected.add(items)
        if (collected.edge.size, collected.edge.root) != (checkpoint.size, checkpoint.root):
            raise BundleInvalid("The entries are not those under the checkpoint.")
        descriptions = [
            (bundle_format.HOWTO, HOWTO_TEXT.encode()),
            (bundle_format.CHECKPOINT, checkpoint_note.encode()),
            (bundle_format.VKEY, f"{vkey.text}\n".encode()),
        ]
        _write_container(target, chain(descriptions, collected.members()), origin, key, compress=compress)


@dataclass
class _Spool:
    """Member contents waiting on disk for their turn, because the tiles before them come last."""

    file: BinaryIO
    pieces: list[tuple[int, int]] = field(default_factory=list)

    def add(self, width: int, content: bytes) -> None:
        self.pieces.append((width, len(content)))
        self.file.write(content)

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        self.file.seek(0)
        for index, (width, length) in enumerate(self.pieces):
            yield index, width, self.file.read(length)


class _Collected:
    """The whole log while it is read: tiles in memory (32 bytes an event), the rest on disk."""

    def __init__(self, entries_file: BinaryIO, payloads_file: BinaryIO) -> None:
        self.edge = RightEdge()
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._entries = _Spool(entries_file)
        self._payloads = _Spool(payloads_file)

    def add(self, items: Sequence[Item]) -> None:
        if any(len(record or b"") > MAX_RECORD_BYTES for _, record in items):
            raise BundleInvalid(f"A payload record has at most {MAX_RECORD_BYTES} bytes.")
        self.edge, rows = self.edge.extend(leaf_hashes(entry for entry, _ in items))
        self._tiles.update({(row.level, row.index): row.hashes for row in rows})
        self._entries.add(len(items), encode_entries(entry for entry, _ in items))
        self._payloads.add(len(items), encode_payloads(record for _, record in items))

    def members(self) -> Iterator[tuple[str, bytes]]:
        for tile in tiles_of(self.edge.size):
            yield tile.path, self._tiles[tile.level, tile.index]
        for index, width, content in self._entries:
            yield entries_path(index, width), content
        for index, width, content in self._payloads:
            yield payload_path(index, width), content


def _in_tiles(batches: Iterable[Sequence[Item]]) -> Iterator[list[Item]]:
    items = chain.from_iterable(batches)
    while chunk := list(islice(items, TILE_WIDTH)):
        yield chunk


def _scratch_file(target: Path) -> BinaryIO:
    # Beside the bundle, where there is room for one of its size; the system's /tmp may be in memory.
    return tempfile.TemporaryFile(dir=target.parent)


def _write_container(
    target: Path, members: Iterable[tuple[str, bytes]], origin: str, key: PrivateKey, *, compress: bool
) -> None:
    # mkstemp creates with mode 0600: payloads are confidential until their owner passes the bundle on.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            _write_zip(file, members, origin, key, compress=compress)
            _write_comment(file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        # The new name itself survives a power cut only when the folder is flushed too.
        flush(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write_zip(
    file: BinaryIO, members: Iterable[tuple[str, bytes]], origin: str, key: PrivateKey, *, compress: bool
) -> None:
    digests = []
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"0" * DIGEST_CHARS
        for name, content in members:
            _write_member(archive, name, content, compress=compress and _shrinks(name))
            digests.append((sha256(content).hexdigest(), name))
        manifest = sign_note(Manifest(origin, tuple(digests)).text, name=origin, key=key)
        _write_member(archive, bundle_format.MANIFEST, manifest.encode(), compress=False)


def _write_member(archive: zipfile.ZipFile, name: str, content: bytes, *, compress: bool) -> None:
    if len(content) > MAX_MEMBER_BYTES:
        raise BundleInvalid(f"The member {name} would be larger than {MAX_MEMBER_BYTES} bytes.")
    info = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
    info.external_attr = 0o644 << 16
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    archive.writestr(info, content, compress_type=method, compresslevel=_FAST_DEFLATE)


def _shrinks(name: str) -> bool:
    # The tiles are hashes, which nothing compresses.
    return name.startswith(("tile/entries/", "payload/")) or name == bundle_format.HOWTO


def _write_comment(file: BinaryIO) -> None:
    digest, placeholder = container_digest(file)
    file.seek(-len(placeholder), os.SEEK_END)
    file.write(digest.encode("ascii"))
