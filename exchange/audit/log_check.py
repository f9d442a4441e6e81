"""The log layer: the tree recomputed from the entries must be the one in the tiles and the checkpoint."""

from collections.abc import Callable, Iterator

from exchange.audit.bundle_format import CHECKPOINT, HOWTO, MANIFEST, VKEY, log_members
from exchange.audit.bundle_reader import Bundle
from exchange.audit.checkpoints import Checkpoint
from exchange.audit.merkle import leaf_hashes
from exchange.audit.tiles import (
    TILE_BYTES,
    TILE_WIDTH,
    RightEdge,
    TileCoordinate,
    TileInvalid,
    TileRow,
    decode_entries,
    entries_path,
    split_tile,
    widths,
)
from exchange.trust import b64_encode

#: What is wrong, and the index in the log it concerns.
Fault = tuple[str, int | None]

_DESCRIPTIONS = {HOWTO, CHECKPOINT, VKEY, MANIFEST}
_MOST_NAMED = 20


def member_faults(bundle: Bundle, size: int) -> Iterator[Fault]:
    """Compare the members with those a log of this size has."""
    for name in sorted(_DESCRIPTIONS.difference(bundle.names)):
        yield f"The member {name} is missing.", None
    names = set(bundle.names) - _DESCRIPTIONS
    # Asked first, so that a checkpoint over 10^18 entries does not make us list their tiles.
    if size > len(names) * TILE_WIDTH:
        yield f"The checkpoint covers {size} entries; the bundle has far too few members for that.", None
        return
    expected = set(log_members(size))
    for name in sorted(expected - names)[:_MOST_NAMED]:
        yield f"The member {name} is missing for a log of {size} entries.", None
    for name in sorted(names - expected)[:_MOST_NAMED]:
        yield f"The member {name} has no place in a log of {size} entries.", None


def tree_faults(bundle: Bundle, checkpoint: Checkpoint, progress: Callable[[int], None]) -> Iterator[Fault]:
    """Recompute the tree from the entries, holding one bundle of them at a time."""
    edge = RightEdge()
    for index, width in widths(checkpoint.size):
        try:
            entries = decode_entries(bundle.read(entries_path(index, width)), width)
        except TileInvalid as error:
            yield f"{entries_path(index, width)}: {error.detail}", index * TILE_WIDTH
            return
        edge, rows = edge.extend(leaf_hashes(entries))
        for row in rows:
            if len(row.hashes) == TILE_BYTES:
                yield from _tile_faults(bundle, row)
        progress(edge.size)
    for level, hashes in enumerate(edge.tiles):
        if hashes:
            yield from _tile_faults(bundle, TileRow(level, (edge.size >> 8 * level) // TILE_WIDTH, hashes))
    if edge.root != checkpoint.root:
        yield (
            (
                f"The root over the entries is {b64_encode(edge.root)}; "
                f"the signed checkpoint says {b64_encode(checkpoint.root)}."
            ),
            None,
        )


def _tile_faults(bundle: Bundle, row: TileRow) -> Iterator[Fault]:
    computed = split_tile(row.hashes)
    tile = TileCoordinate(row.level, row.index, len(computed))
    stored = bundle.read(tile.path)
    if stored == row.hashes:
        return
    if row.level or len(stored) != len(row.hashes):
        yield f"{tile.path} is not the tile that the entries give.", None
        return
    for offset, (left, right) in enumerate(zip(computed, split_tile(stored), strict=True)):
        if left != right:
            yield f"The entry is not the one whose hash {tile.path} holds.", row.index * TILE_WIDTH + offset
