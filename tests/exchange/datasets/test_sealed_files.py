"""The engine reads sealed revisions as it reads files, from several threads, and leaves nothing in the clear."""

import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exchange.core.storage import StoredFileMissing
from exchange.datasets import opened_revision, read_page, write_file
from exchange.datasets.assessments import describe_stored
from exchange.datasets.engine import PARQUET, reader
from exchange.datasets.files import plain_storage_key_of, storage_key_of, store_files
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.queries import StoredRevision
from exchange.datasets.reading.sample import sample_rows
from exchange.datasets.sealed_files import SEALED_FILES
from exchange.trust import SealBroken


@pytest.fixture
def revision(storage, quarter_hours):
    return stored(storage, quarter_hours)


def stored(storage, *taken, revision_id="rev_one"):
    """A stored revision whose files are those of the ingested ones, one after the other."""
    folder, files, first_row = storage.incoming / "revision", [], 0
    folder.mkdir()
    for number, one in enumerate(taken, start=1):
        (file,) = one.ingested.files
        files.append(replace(file, number=number, first_row=first_row))
        first_row += file.rows
        (folder / files[-1].file_name).write_bytes(one.parquet.read_bytes())
    key = store_files(storage, folder, files, revision_id=revision_id)
    return StoredRevision(revision_id, taken[0].schema, tuple(files), key)


def path_of(storage, revision, number=1):
    return storage.storage.folder / storage_key_of(revision.id, revision.files[number - 1].sha256)


def page(storage, revision, *, after_row=-1, limit=3, columns=("active_power_kw", "remark")):
    with opened_revision(storage, revision) as files:
        return read_page(
            files,
            revision.schema,
            columns=columns,
            time_from=None,
            time_to=None,
            after_row=after_row,
            limit=limit,
        )


def test_a_sealed_revision_gives_the_same_rows_as_its_file(storage, revision, quarter_hours):
    plain = read_page(
        quarter_hours.files,
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
    with opened_revision(storage, revision) as files:
        (address,) = files.places()

    with pytest.raises(Exception, match=r"wdxsealed|FileNotFound"):
        reader().execute(f"SELECT count(*) FROM {PARQUET}", [address]).fetchone()


def test_a_changed_file_is_refused_in_our_words(storage, revision):
    path = path_of(storage, revision)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)

    with pytest.raises(SealBroken, match="not those that were sealed"):
        page(storage, revision, after_row=-1, limit=10_001, columns=revision.schema.names)


def test_a_lost_file_is_refused_in_our_words(storage, revision):
    path_of(storage, revision).unlink()

    with pytest.raises(StoredFileMissing):
        page(storage, revision)


def test_a_revision_from_before_sealing_is_still_read(storage, quarter_hours):
    (file,) = quarter_hours.ingested.files
    target = storage.storage.folder / plain_storage_key_of(file.sha256)
    target.parent.mkdir(parents=True)
    target.write_bytes(quarter_hours.parquet.read_bytes())
    old = StoredRevision("rev_old", quarter_hours.schema, (file,), None)

    assert page(storage, old).rows == [(None, "row 0"), (0.125, "row 1"), (0.25, "row 2")]


class TestSeveralFiles:
    @pytest.fixture
    def days(self, take_in):
        """Three files of one series, a day each."""
        return [
            take_in("time,x\n" + "".join(f"2026-06-0{day} {hour:02d}:00:00,{hour}\n" for hour in range(24)))
            for day in (1, 2, 3)
        ]

    @pytest.fixture
    def revision(self, storage, days):
        return stored(storage, *days)

    def ask(self, storage, revision, **question):
        whole = {"columns": ("time", "x"), "time_from": None, "time_to": None}
        with opened_revision(storage, revision) as files:
            return read_page(files, revision.schema, **{**whole, "after_row": -1, "limit": 100, **question})

    def test_are_opened_by_one_data_key_and_read_in_order(self, storage, revision):
        rows = self.ask(storage, revision).rows

        assert (len(rows), rows[0][0], rows[-1][0]) == (72, "2026-06-01T00:00:00", "2026-06-03T23:00:00")
        assert self.ask(storage, revision, after_row=46, limit=2).rows == rows[47:49]

    def test_that_hold_nothing_of_the_range_are_not_opened(self, storage, revision):
        path_of(storage, revision, 1).unlink()
        path_of(storage, revision, 3).unlink()

        page = self.ask(storage, revision, time_from="2026-06-02T00:00:00", time_to="2026-06-03T00:00:00")

        assert len(page.rows) == 24
        with pytest.raises(StoredFileMissing):
            self.ask(storage, revision)

    @pytest.mark.parametrize("file_format", ["csv", "parquet"])
    def test_are_written_as_one(self, storage, revision, tmp_path, file_format):
        with opened_revision(storage, revision) as files:
            written = write_file(
                files,
                tmp_path / "out",
                revision.schema,
                columns=("time", "x"),
                file_format=file_format,
                time_from="2026-06-01T12:00:00",
                time_to=None,
            )

        assert written.rows == 60

    def test_are_described_and_sampled_as_one(self, storage, revision):
        with opened_revision(storage, revision) as files:
            described = describe_stored(
                files.places(),
                revision.schema,
                Declaration(),
                as_of=date(2026, 6, 4),
                temp=storage.incoming,
            )
            sample = sample_rows(files.places(), revision.schema)

        assert (described["rows"], described["time"]["missing"], len(sample)) == (72, 0, 72)

    def test_of_another_revision_are_refused_in_its_place(self, storage, revision, days):
        other = stored_again(storage, days, revision_id="rev_two")
        path_of(storage, revision, 2).write_bytes(path_of(storage, other, 2).read_bytes())

        with pytest.raises(SealBroken):
            self.ask(storage, revision)


def stored_again(storage, days, *, revision_id):
    shutil.rmtree(storage.incoming / "revision")
    return stored(storage, *days, revision_id=revision_id)


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
