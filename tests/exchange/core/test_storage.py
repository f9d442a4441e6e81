"""The same promises on a local folder and on a real S3 server over HTTP."""

import threading
import uuid

import pytest

from exchange.core.errors import Invalid
from exchange.core.object_storage import open_s3
from exchange.core.storage import (
    FolderStorage,
    StorageUnavailable,
    StoredFileMissing,
    folder_of_url,
)
from exchange.core.workspace import Workspace
from tests.s3 import BUCKET

MANY_PARTS = 110 * 1024**2


@pytest.fixture(params=["folder", "s3"])
def storage(request, tmp_path):
    workspace = Workspace(tmp_path / "incoming")
    if request.param == "folder":
        yield FolderStorage(tmp_path / "storage", workspace)
        return
    server = request.getfixturevalue("s3_server")
    opened = open_s3(f"s3://{BUCKET}/{uuid.uuid4()}", workspace, server.access())
    yield opened
    opened.close()


def prepared(storage, content=b"rows", name="part"):
    path = storage.incoming / name
    path.write_bytes(content)
    return path


def stored(storage, key, content=b"rows"):
    storage.put(prepared(storage, content), key)
    return key


def test_a_stored_file_is_found_under_its_key_and_gone_from_where_it_was_prepared(storage):
    source = prepared(storage)

    storage.put(source, "revisions/ab/abc.parquet")

    assert storage.read("revisions/ab/abc.parquet", 0, 4) == b"rows"
    assert storage.size("revisions/ab/abc.parquet") == 4
    assert not source.exists()


def test_a_key_that_is_taken_keeps_its_bytes(storage):
    stored(storage, "a/key")
    second = prepared(storage, b"other")

    storage.put(second, "a/key")

    assert storage.read("a/key", 0, 4) == b"rows"
    assert not second.exists()


def test_any_part_of_a_file_is_read_alone(storage):
    key = stored(storage, "a/key", bytes(range(256)))

    assert storage.read(key, 10, 3) == b"\x0a\x0b\x0c"
    assert storage.read(key, 250, 6) == bytes(range(250, 256))
    assert storage.read(key, 10, 0) == b""


def test_a_file_that_is_lost_is_named_with_what_to_do(storage):
    with pytest.raises(StoredFileMissing, match="revisions/lost") as refusal:
        storage.read("revisions/lost", 0, 1)

    assert "backup" in refusal.value.remedy
    with pytest.raises(StoredFileMissing):
        storage.size("revisions/lost")


def test_deleting_twice_is_deleting_once(storage):
    key = stored(storage, "uploads/one/0")

    storage.delete(key)
    storage.delete(key)

    with pytest.raises(StoredFileMissing):
        storage.size(key)


def test_files_are_found_by_the_beginning_of_their_keys(storage):
    for key in ("uploads/one/0", "uploads/one/8", "uploads/two/0", "revisions/x/y"):
        stored(storage, key)

    assert [file.key for file in storage.find("uploads/")] == [
        "uploads/one/0",
        "uploads/one/8",
        "uploads/two/0",
    ]
    assert [file.size_bytes for file in storage.find("uploads/one/")] == [4, 4]
    assert list(storage.find("nothing/")) == []


def test_a_file_of_many_parts_arrives_whole(storage):
    """On S3 such a file goes over in parts of 50 MB and is put together there."""
    source = storage.incoming / "large"
    with source.open("wb") as file:
        for number in range(MANY_PARTS // 2**20):
            file.write(number.to_bytes(4, "big") * (2**18))

    storage.put(source, "large")

    assert storage.size("large") == MANY_PARTS
    assert storage.read("large", 99 * 2**20 + 4, 4) == (99).to_bytes(4, "big")


def test_writers_of_one_key_at_once_leave_one_whole_file(storage):
    sources = [prepared(storage, bytes([n]) * 70_000, f"part-{n}") for n in range(4)]
    writers = [threading.Thread(target=storage.put, args=(source, "key")) for source in sources]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    content = storage.read("key", 0, storage.size("key"))
    assert (len(content), len(set(content))) == (70_000, 1)


class TestObjectStore:
    def test_that_does_not_answer_is_given_up_with_what_to_do(self, tmp_path, s3_server):
        access = s3_server.access(endpoint="http://127.0.0.1:9", timeout_s=1, attempts=1)
        storage = open_s3(f"s3://{BUCKET}/x", Workspace(tmp_path), access)

        with pytest.raises(StorageUnavailable) as refusal:
            storage.size("key")

        assert "WDX_STORAGE_URL" in refusal.value.remedy
        storage.close()

    def test_refuses_a_wrong_secret(self, tmp_path, s3_server):
        """So the server really checks the signatures of all the other tests."""
        storage = open_s3(f"s3://{BUCKET}/x", Workspace(tmp_path), s3_server.access(secret_key="guessed"))

        with pytest.raises(StorageUnavailable):
            storage.put(prepared(storage), "key")

        storage.close()

    def test_keeps_the_file_to_send_again_when_sending_fails(self, tmp_path, s3_server):
        storage = open_s3("s3://no-such-bucket/x", Workspace(tmp_path), s3_server.access())
        source = prepared(storage)

        with pytest.raises(StorageUnavailable):
            storage.put(source, "key")

        assert source.read_bytes() == b"rows"
        storage.close()


class TestFolder:
    def test_shows_nothing_of_a_file_that_was_not_stored_whole(self, tmp_path):
        storage = FolderStorage(tmp_path / "storage")
        stored(storage, "a/key")

        assert [path.name for path in (tmp_path / "storage").rglob("*") if path.is_file()] == ["key"]

    def test_that_cannot_be_written_is_said_so(self, tmp_path):
        (tmp_path / "storage").mkdir()
        (tmp_path / "storage" / "a").write_text("a file where a folder should be")
        storage = FolderStorage(tmp_path / "storage")

        with pytest.raises(StorageUnavailable) as refusal:
            stored(storage, "a/key")

        assert "WDX_STORAGE_DIR" in refusal.value.remedy


@pytest.mark.parametrize("url", ["ftp://x/y", "s3://", "exchange", "http://127.0.0.1/x"])
def test_an_address_that_names_no_storage_is_refused(tmp_path, url, s3_server):
    with pytest.raises(Invalid, match="storage address"):
        open_s3(url, Workspace(tmp_path), s3_server.access())


def test_a_folder_may_be_named_by_its_address(tmp_path):
    assert folder_of_url(f"file://{tmp_path}/Data%20sets") == tmp_path / "Data sets"
    assert folder_of_url("s3://bucket") is None
    with pytest.raises(Invalid):
        folder_of_url("file://other-machine/folder")
