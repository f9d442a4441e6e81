"""Tiles and entry bundles (C2SP tlog-tiles): the tree and its entries cut into files that never change."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exchange.audit.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    SubtreeHash,
    fold,
    node_hash,
    perfect_ranges,
    perfect_root,
    root_of,
)
from exchange.core.errors import Invalid

#: Hashes in a full tile, entries in a full bundle.
TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_BYTES
MAX_ENTRY_BYTES = 65_535

_NUMBER = r"(?:x[0-9]{3}/)*[0-9]{3}"
_WIDTH = r"(?:\.p/([1-9][0-9]{0,2}))?"
# Level 7 suffices: 256^8 leaves exceed the largest size a checkpoint can state.
_TILE_PATH = re.compile(rf"tile/([0-7])/({_NUMBER}){_WIDTH}")
_NUMBERED_PATH = re.compile(rf"({_NUMBER}){_WIDTH}")


class TileInvalid(Invalid):
    """The bytes or the path are not those of a tile or an entry bundle."""

    code = "tile-invalid"


@dataclass(frozen=True, slots=True, order=True)
class TileCoordinate:
    """Which tile, and how many of its hashes."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path under the log's prefix."""
        return f"tile/{self.level}/{numbered_path(self.index, self.width)}"


def numbered_path(index: int, width: int = TILE_WIDTH) -> str:
    """Write an index (and a partial width) as C2SP does: 1234067 is `x001/x234/067`."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def parse_numbered_path(path: str) -> tuple[int, int]:
    """Read an index and width; every path but the one `numbered_path` writes is refused."""
    match = _NUMBERED_PATH.fullmatch(path)
    if match is None or len(path) > 40:
        raise TileInvalid(f"{path!r} is not a numbered path.")
    index = int(match[1].replace("x", "").replace("/", ""))
    width = int(match[2] or TILE_WIDTH)
    if width > TILE_WIDTH or numbered_path(index, width) != path:
        raise TileInvalid(f"{path!r} is not the canonical path of any tile.")
    return index, width


def parse_tile_path(path: str) -> TileCoordinate:
    """Read `tile/<L>/<N>[.p/<W>]`."""
    match = _TILE_PATH.fullmatch(path)
    if match is None:
        raise TileInvalid(f"{path!r} is not the path of a tile.")
    index, width = parse_numbered_path(path.split("/", 2)[2])
    return TileCoordinate(int(match[1]), index, width)


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle."""
    return f"tile/entries/{numbered_path(index, width)}"


def widths(count: int) -> Iterator[tuple[int, int]]:
    """Cut a row of `count` items into (index, width): full ones, then perhaps a partial one."""
    for index in range(count // TILE_WIDTH):
        yield index, TILE_WIDTH
    if count % TILE_WIDTH:
        yield count // TILE_WIDTH, count % TILE_WIDTH


def tiles_of(size: int) -> Iterator[TileCoordinate]:
    """Every tile of a tree of this size, level by level."""
    level, count = 0, size
    while count:
        for index, width in widths(count):
            yield TileCoordinate(level, index, width)
        # Only full tiles are hashed into the level above.
        level, count = level + 1, count // TILE_WIDTH


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Write an entry bundle: each entry after its length in two bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileInvalid(f"An entry has at most {MAX_ENTRY_BYTES} bytes; log a digest instead.")
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def decode_entries(data: bytes, width: int) -> list[bytes]:
    """Read an entry bundle of exactly `width` entries; missing and trailing bytes are refused."""
    return decode_records(data, width, length_bytes=2)


def decode_records(data: bytes, width: int, *, length_bytes: int) -> list[bytes]:
    """Read exactly `width` records, each after its big-endian length."""
    records: list[bytes] = []
    at, end = 0, len(data)
    for _ in range(width):
        start = at + length_bytes
        at = start + int.from_bytes(data[at:start], "big")
        records.append(data[start:at])
    # A slice past the end is silently short, but then `at` is past the end too, and never comes back.
    if at != end:
        problem = "are missing" if at > end else "are left over"
        raise TileInvalid(f"{abs(end - at)} bytes {problem} after reading {width} records.")
    return records


def split_tile(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


@dataclass(frozen=True, slots=True)
class TileRow:
    """A tile that an append created or made wider; it replaces the stored row of the same place."""

    level: int
    index: int
    hashes: bytes


@dataclass(frozen=True)
class RightEdge:
    """All the state a log needs to grow: its size and the unfinished tile of every level.

    `tiles[level]` holds the hashes of that level which no full tile holds yet, possibly none.
    """

    size: int = 0
    tiles: tuple[bytes, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.size < 0:
            raise TileInvalid("A tree has no negative size.")
        expected = edge_widths(self.size)
        if [len(tile) for tile in self.tiles] != [width * HASH_BYTES for width in expected]:
            raise TileInvalid(f"A tree of {self.size} leaves has unfinished tiles of widths {expected}.")

    def extend(self, leaf_hashes: Sequence[bytes]) -> tuple["RightEdge", list[TileRow]]:
        """Append leaf hashes: the edge afterwards, and the tiles that changed. Costs O(batch + log n)."""
        tiles, rows, carried = list(self.tiles), [], b"".join(leaf_hashes)
        level, count = 0, self.size
        while carried:
            if level == len(tiles):
                tiles.append(b"")
            hashes = tiles[level] + carried
            first, carried = count // TILE_WIDTH, b""
            for at in range(0, len(hashes), TILE_BYTES):
                row = TileRow(level, first + at // TILE_BYTES, hashes[at : at + TILE_BYTES])
                rows.append(row)
                if len(row.hashes) == TILE_BYTES:
                    carried += perfect_root(split_tile(row.hashes))
            tiles[level] = hashes[len(hashes) - len(hashes) % TILE_BYTES :]
            level, count = level + 1, first
        return RightEdge(self.size + len(leaf_hashes), tuple(tiles)), rows

    @property
    def root(self) -> bytes:
        """The root of the tree, from the unfinished tiles alone."""
        root = None
        for tile in self.tiles:
            hashes = split_tile(tile)
            for start, end in reversed(perfect_ranges(0, len(hashes))):
                node = perfect_root(hashes[start:end])
                root = node if root is None else node_hash(node, root)
        return EMPTY_ROOT if root is None else root


def edge_widths(size: int) -> list[int]:
    """How many hashes the unfinished tile of each level holds, for a tree of this size."""
    expected = []
    while size:
        expected.append(size % TILE_WIDTH)
        size //= TILE_WIDTH
    return expected


def hasher_from_tiles(size: int, read_tile: Callable[[TileCoordinate], bytes]) -> SubtreeHash:
    """Answer the subtree hashes of proofs from stored tiles, reading O(log n) of them.

    `read_tile` may answer more hashes than asked for: a tile's first hashes never change.
    """

    def perfect(start: int, end: int) -> bytes:
        height = (end - start).bit_length() - 1
        level = height // 8
        first, width = start >> (8 * level), 1 << (height % 8)
        count = size >> (8 * level)
        index, at = divmod(first, TILE_WIDTH)
        tile = read_tile(TileCoordinate(level, index, min(TILE_WIDTH, count - index * TILE_WIDTH)))
        hashes = tile[at * HASH_BYTES : (at + width) * HASH_BYTES]
        if len(hashes) != width * HASH_BYTES:
            raise TileInvalid(f"Tile {index} of level {level} is missing hashes.")
        return root_of(split_tile(hashes))

    return lambda start, end: fold(perfect(*part) for part in perfect_ranges(start, end))
