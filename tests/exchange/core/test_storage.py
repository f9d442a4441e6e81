import pytest

from exchange.core.errors import Unavailable


def prepared(storage, content=b"rows"):
    path = storage.incoming / "part"
    path.write_bytes(content)
    return path


def test_a_stored_file_is_found_under_its_key_and_gone_from_where_it_was_prepared(storage):
    source = prepared(storage)

    storage.put(source, "revisions/ab/abc.parquet")

    assert storage.local_path("revisions/ab/abc.parquet").read_bytes() == b"rows"
    assert not source.exists()


def test_a_key_that_is_taken_keeps_its_bytes(storage):
    storage.put(prepared(storage), "key")
    second = prepared(storage, b"other")

    storage.put(second, "key")

    assert storage.local_path("key").read_bytes() == b"rows"
    assert not second.exists()


def test_a_file_that_is_lost_is_named_with_what_to_do(storage):
    with pytest.raises(Unavailable, match="revisions/lost") as refusal:
        storage.local_path("revisions/lost")

    assert "backup" in refusal.value.remedy
