"""The engine reads sealed revisions as it reads files, from several threads, and leaves nothing in the clear."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from exchange.core.storage import StoredFileMissing
from exchange.datasets import opened_revision, read_page
from exchange.datasets.engine import PARQUET, reader
from exchange.datasets.models import storage_key_of
from exchange.datasets.queries import StoredRevision
from exchange.datasets.sealed_files import SEALED_FILES
from exchange.trust import SealBroken


@pytest.fixture
def revision(storage, quarter_hours):
    return stored(storage, quarter_hours)


def stored(storage, taken, revision_id="rev_one"):
    key = storage.new_key(bound_to=revision_id)
    copy = storage.incoming / "copy"
    copy.write_bytes(taken.parquet.read_bytes())
    place = storage_key_of(revision_id, taken.ingested.sha256)
    storage.put(copy, place, data_key=key.raw)
    return StoredRevision(revision_id, taken.schema, place, taken.ingested.size_bytes, key.wrapped)


def page(storage, revision, *, after_row=-1, limit=3, columns=("active_power_kw", "remark")):
    with opened_revision(storage, revision) as rows:
        return read_page(
            rows,
            revision.schema,
            columns=columns,
            time_from=None,
            time_to=None,
            after_row=after_row,
            limit=limit,
        )


def test_a_sealed_revision_gives_the_same_rows_as_its_file(storage, revision, quarter_hours):
    plain = read_page(
        quarter_hours.parquet,
        quarter_hours.schema,
        columns=revision.schema.names,
        time_from=None,
        time_to=None,
        after_row=4_000,
        limit=5_000,
    )

    assert page(storage, revision, after_row=4_000, limit=5_000, columns=revision.schema.names) == plain


def test_nothing_of_the_rows_lies_in_the_clear(storage, revision, quarter_hours):
    marks = (b"remark", b"active_power_kw", b"PAR1")
    assert all(mark in quarter_hours.parquet.read_bytes() for mark in marks)

    files = [path for path in storage.storage.folder.parent.rglob("*") if path.is_file()]

    assert len(files) >= 2
    assert [path for path in files if any(mark in path.read_bytes() for mark in marks)] == []


def test_a_handle_keeps_a_position_for_each_thread_of_the_engine():
    """The engine reads ahead in threads of its own, on one handle, and lets others in between seek and read."""
    both_sought = threading.Barrier(2, timeout=30)
    found = {}
    with SEALED_FILES.mounted("a/key", Bytes(bytes(range(200)))) as address:
        handle = SEALED_FILES.open(address)

        def fetch(start):
            handle.seek(start)
            both_sought.wait()
            found[start] = handle.read(2)

        threads = [threading.Thread(target=fetch, args=(start,)) for start in (10, 100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == {10: b"\x0a\x0b", 100: b"\x64\x65"}


class Bytes:
    def __init__(self, content):
        self.size, self._content = len(content), content

    def read(self, start, length):
        return self._content[start : start + length]


def test_many_requests_at_once_read_the_same_revision(storage, revision):
    found, expected = [], page(storage, revision, after_row=5_000)

    def ask():
        for _ in range(10):
            found.append(page(storage, revision, after_row=5_000) == expected)
        reader().close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 60


def test_an_address_means_nothing_after_its_revision_was_closed(storage, revision):
    with opened_revision(storage, revision) as rows:
        pass

    with pytest.raises(Exception, match=r"wdxsealed|FileNotFound"):
        reader().execute(f"SELECT count(*) FROM {PARQUET}", [rows]).fetchone()


def test_a_changed_file_is_refused_in_our_words(storage, revision):
    path = storage.storage.folder / revision.storage_key
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)

    with pytest.raises(SealBroken, match="not those that were sealed"):
        page(storage, revision, after_row=-1, limit=10_001, columns=revision.schema.names)


def test_a_lost_file_is_refused_in_our_words(storage, revision):
    (storage.storage.folder / revision.storage_key).unlink()

    with pytest.raises(StoredFileMissing):
        page(storage, revision)


def test_a_revision_from_before_sealing_is_still_read(storage, quarter_hours):
    target = storage.storage.folder / "revisions" / "ab" / "old.parquet"
    target.parent.mkdir(parents=True)
    target.write_bytes(quarter_hours.parquet.read_bytes())
    old = StoredRevision("rev_old", quarter_hours.schema, "revisions/ab/old.parquet", 0, None)

    assert page(storage, old).rows == [(None, "row 0"), (0.125, "row 1"), (0.25, "row 2")]


def test_a_process_that_read_ends_without_a_word(tmp_path, quarter_hours):
    """The engine complains when a connection that knows a file system of ours is still open at the end."""
    program = f"""
from exchange.datasets.engine import PARQUET, reader
print(reader().execute(f"SELECT count(*) FROM {{PARQUET}}", ["{quarter_hours.parquet}"]).fetchone())
"""
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path.cwd(), check=True
    )

    assert (finished.stdout.strip(), finished.stderr) == ("(10001,)", "")
