import io

import pytest

from exchange.core.errors import Invalid
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.upload import take_in
from tests.factories.datasets import content_digest, load_curve, taken_in


def left_behind(storage):
    places = storage.storage.folder, storage.incoming
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def test_a_file_is_stored_under_its_digest(storage):
    ingested = taken_in(storage)

    (stored,) = left_behind(storage)
    (file,) = ingested.files
    assert stored.name == f"{file.sha256}.parquet"
    assert ingested.rows == 96


def test_the_same_file_twice_is_stored_twice_as_each_revision_has_its_own_key(storage):
    first, second = taken_in(storage), taken_in(storage)

    assert first.sha256 == second.sha256
    assert len({path.read_bytes() for path in left_behind(storage)}) == 2


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "sha-256=abc",
        "md5=:CY9rzUYh03PK3k6DJie09g==:",
        f"{content_digest(b'x')}, sha-512=:AA==:",
    ],
)
def test_a_file_without_a_usable_digest_is_refused_with_how_to_send_one(storage, digest):
    with pytest.raises(Invalid, match="needs the digest") as refusal:
        take_in(io.BytesIO(load_curve()), name="load.csv", content_digest=digest, storage=storage)

    assert (refusal.value.field, "RFC 9530" in refusal.value.remedy) == ("Content-Digest", True)
    assert left_behind(storage) == []


def test_a_file_that_was_cut_on_the_way_is_never_taken_for_whole(storage):
    """Cut after a full line it would be a perfectly readable, shorter file."""
    body = load_curve()
    cut = body[: body.rindex(b"\n")]

    with pytest.raises(Invalid, match="not those of the digest"):
        take_in(io.BytesIO(cut), name="load.csv", content_digest=content_digest(body), storage=storage)

    assert left_behind(storage) == []


def test_a_file_that_cannot_be_read_leaves_nothing_behind(storage):
    with pytest.raises(UnreadableSource):
        taken_in(storage, b"time,load\n2026-01-01,1,2,3\n")

    assert left_behind(storage) == []


def test_a_stream_that_arrives_in_pieces_is_the_same_file(storage):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7))

    body = load_curve()
    ingested = take_in(Slow(body), name="load.csv", content_digest=content_digest(body), storage=storage)

    assert ingested.sha256 == taken_in(storage).sha256
