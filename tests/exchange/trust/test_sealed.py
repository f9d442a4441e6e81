import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.trust.sealed import (
    CHUNK_BYTES,
    HEADER_BYTES,
    TAG_BYTES,
    SealBroken,
    Sealer,
    Unsealer,
    seal,
    sealed_size,
)

KEY = bytes(range(32))
STEP = CHUNK_BYTES + TAG_BYTES
#: Around the borders of chunks.
SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5)


def rows(size):
    return (b"2026-06-01 00:15:00,12.5\n" * (size // 25 + 1))[:size]


def sealed(plain, *, key=KEY, context="revisions/one"):
    target = io.BytesIO()
    seal(io.BytesIO(plain), target, data_key=key, context=context)
    return target.getvalue()


def opened(data, *, key=KEY, context="revisions/one"):
    return Unsealer(lambda at, count: data[at : at + count], len(data), data_key=key, context=context)


def everything(data, **options):
    reader = opened(data, **options)
    return reader.read(0, reader.size)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_read_again_and_its_size_is_known_before(size):
    data = sealed(rows(size))

    assert everything(data) == rows(size)
    assert len(data) == sealed_size(size)
    assert opened(data).size == size


@given(st.integers(0, 3 * CHUNK_BYTES + 5), st.integers(0, 2 * CHUNK_BYTES))
def test_any_part_is_the_part_of_the_whole(start, length):
    plain = rows(3 * CHUNK_BYTES + 5)

    assert opened(LARGE).read(start, length) == plain[start : start + length]


LARGE = sealed(rows(3 * CHUNK_BYTES + 5))


@given(st.lists(st.binary(max_size=2 * CHUNK_BYTES), max_size=6))
def test_it_does_not_matter_in_which_pieces_the_bytes_come(pieces):
    target = io.BytesIO()
    sealer = Sealer(target, data_key=KEY, context="c")
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()

    assert everything(target.getvalue(), context="c") == b"".join(pieces)


def test_nothing_of_the_rows_shows():
    assert b"2026-06-01" not in sealed(rows(1000))
    assert sealed(rows(1000)) != sealed(rows(1000))


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("cut", [1, TAG_BYTES, STEP, 2 * STEP])
def test_a_file_that_was_cut_is_refused_also_at_the_border_of_a_chunk(size, cut):
    data = sealed(rows(size))

    with pytest.raises(SealBroken):
        opened(data[: max(0, len(data) - cut)])


def test_chunks_in_another_order_are_refused():
    data = LARGE
    first, second = (data[HEADER_BYTES + n * STEP : HEADER_BYTES + (n + 1) * STEP] for n in range(2))
    swapped = data[:HEADER_BYTES] + second + first + data[HEADER_BYTES + 2 * STEP :]

    with pytest.raises(SealBroken):
        opened(swapped).read(0, 10)


def test_a_chunk_of_another_file_under_the_same_key_is_refused():
    other = sealed(rows(3 * CHUNK_BYTES + 5))
    mixed = LARGE[: HEADER_BYTES + STEP] + other[HEADER_BYTES + STEP :]

    with pytest.raises(SealBroken):
        everything(mixed)


@pytest.mark.parametrize("place", [*range(HEADER_BYTES), HEADER_BYTES, HEADER_BYTES + STEP - 1, -1])
def test_any_changed_byte_is_found(place):
    changed = bytearray(LARGE)
    changed[place] ^= 1

    if place == 7:  # a byte without meaning; it is protected all the same
        assert changed[place] == 1
    with pytest.raises(SealBroken):
        everything(bytes(changed))


def test_another_key_or_another_place_opens_nothing():
    """The context keeps one stored file from being put in the place of another."""
    data = sealed(rows(10))

    for change in ({"key": os.urandom(32)}, {"context": "revisions/two"}):
        with pytest.raises(SealBroken) as refusal:
            opened(data, **change)
        assert "backup" in refusal.value.remedy
