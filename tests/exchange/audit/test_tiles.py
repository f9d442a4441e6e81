import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.audit import merkle
from exchange.audit.tiles import (
    RightEdge,
    TileCoordinate,
    TileInvalid,
    decode_entries,
    decode_records,
    encode_entries,
    hasher_from_tiles,
    numbered_path,
    parse_numbered_path,
    parse_tile_path,
    tiles_of,
)

LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(70_000)]


def grow(sizes):
    """A log that appended in batches: its edge, and the tiles as a database would hold them."""
    edge, stored, at = RightEdge(), {}, 0
    for size in sizes:
        edge, rows = edge.extend(LEAVES[at : at + size])
        stored.update({(row.level, row.index): row.hashes for row in rows})
        at += size
    return edge, stored


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "000"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (1234, 5, "x001/234.p/5"),
    ],
)
def test_numbered_paths_are_those_of_the_specification(index, width, path):
    assert numbered_path(index, width) == path
    assert parse_numbered_path(path) == (index, width)


@pytest.mark.parametrize(
    "path",
    [
        "0",
        "00",
        "0000",
        "x000/001",
        "001/000",
        "x001",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000/",
        "٠٠٠",
        "000\n",
        "",
    ],
)
def test_other_spellings_of_a_path_are_refused(path):
    with pytest.raises(TileInvalid):
        parse_numbered_path(path)
    with pytest.raises(TileInvalid):
        parse_tile_path(f"tile/0/{path}")


@pytest.mark.parametrize(
    "path", ["tile/8/000", "tile/00/000", "tile/-1/000", "tiles/0/000", "tile/entries/000"]
)
def test_path_of_no_tile_is_refused(path):
    with pytest.raises(TileInvalid):
        parse_tile_path(path)


def test_tree_of_70000_has_the_tiles_of_the_specification():
    tiles = list(tiles_of(70_000))

    assert [tile for tile in tiles if tile.width < 256] == [
        TileCoordinate(0, 273, 112),
        TileCoordinate(1, 1, 17),
        TileCoordinate(2, 0, 1),
    ]
    assert len(tiles) == 274 + 2 + 1
    assert [parse_tile_path(tile.path) for tile in tiles] == tiles


def test_full_tile_appears_at_once_in_the_level_above():
    assert list(tiles_of(256)) == [TileCoordinate(0, 0, 256), TileCoordinate(1, 0, 1)]
    assert list(tiles_of(0)) == []


@given(st.lists(st.integers(0, 700), max_size=8))
def test_root_does_not_depend_on_the_batches(sizes):
    edge, stored = grow(sizes)

    assert edge.size == sum(sizes)
    assert edge.root == merkle.root_of(LEAVES[: edge.size])
    assert {(tile.level, tile.index): tile.width * 32 for tile in tiles_of(edge.size)} == {
        place: len(hashes) for place, hashes in stored.items()
    }


def test_large_batches_fill_tiles_of_every_level():
    edge, stored = grow([255, 1, 65_000, 281, 4_463])

    assert edge.root == merkle.root_of(LEAVES)
    assert stored[0, 273] == b"".join(LEAVES[273 * 256 :])
    assert stored[2, 0] == merkle.root_of(LEAVES[:65_536])


def test_append_changes_only_the_right_edge():
    edge, _ = grow([70_000])

    _, rows = edge.extend([LEAVES[0]])

    assert [(row.level, row.index, len(row.hashes)) for row in rows] == [(0, 273, 113 * 32)]


def test_edge_survives_being_stored():
    edge, _ = grow([66_000])

    assert RightEdge(edge.size, edge.tiles) == edge


@pytest.mark.parametrize(
    ("size", "tiles"), [(1, ()), (0, (b"",)), (2, (b"x" * 32,)), (-1, ()), (256, (b"",))]
)
def test_edge_of_another_size_is_refused(size, tiles):
    with pytest.raises(TileInvalid):
        RightEdge(size, tiles)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 66_000])
def test_proofs_from_tiles_verify(size):
    edge, stored = grow([size])
    hasher = hasher_from_tiles(size, lambda tile: stored[tile.level, tile.index])

    for index in {0, size // 2, size - 1}:
        proof = merkle.inclusion_proof(index, size, hasher)
        assert merkle.verify_inclusion(LEAVES[index], index, size, proof, edge.root)
    for old_size in {1, size // 3 + 1, size - 1, size} - {0}:
        proof = merkle.consistency_proof(old_size, size, hasher)
        old_root = merkle.root_of(LEAVES[:old_size])
        assert merkle.verify_consistency(old_size, size, proof, old_root, edge.root)


def test_tile_with_missing_hashes_is_noticed():
    hasher = hasher_from_tiles(4, lambda _tile: LEAVES[0])

    with pytest.raises(TileInvalid, match="missing hashes"):
        merkle.inclusion_proof(0, 4, hasher)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_read_back(entries):
    assert decode_entries(encode_entries(entries), len(entries)) == entries


def test_longest_entry_fits_and_a_longer_one_is_refused():
    longest = b"x" * 65_535

    assert decode_entries(encode_entries([longest]), 1) == [longest]
    with pytest.raises(TileInvalid, match="digest"):
        encode_entries([longest + b"x"])


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\1", b"\0\2a", b"\0\1ab", b"\0\1a\0\1b", b"\0\1a\0"])
def test_bundle_with_missing_or_trailing_bytes_is_refused(data):
    with pytest.raises(TileInvalid):
        decode_entries(data, 1)


def test_records_may_have_longer_lengths():
    assert decode_records(b"\0\0\0\1a\0\0\0\0", 2, length_bytes=4) == [b"a", b""]
