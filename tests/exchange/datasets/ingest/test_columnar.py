"""Revisions of several files: sizes, order, ranges, and the same bytes whoever writes them."""

from itertools import pairwise

import duckdb
import pytest

from exchange.datasets import engine
from exchange.datasets.ingest import columnar, parts, segments
from exchange.datasets.reading.query import read_page, write_file

ROWS = 60_000


@pytest.fixture
def small_files(monkeypatch):
    """Sizes that a test can reach, in the proportions of the real ones."""
    monkeypatch.setattr(columnar, "TARGET_FILE_BYTES", 16 << 10)
    monkeypatch.setattr(columnar, "LEAST_FILE_BYTES", 4 << 10)
    monkeypatch.setattr(columnar, "MOST_FILE_BYTES", 32 << 10)
    monkeypatch.setattr(parts, "BEGINNING_BYTES", 64 << 10)
    monkeypatch.setattr(segments, "COUNTING_BYTES", 200 << 10)


def curve(numbers, *, remark="row {}"):
    lines = ["time,load_kw,remark"]
    for row in numbers:
        day, minute = divmod(row, 1440)
        time = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d} {minute // 60:02d}:{minute % 60:02d}:00"
        lines.append(f"{time},{row * 37 % 1009 / 8},{remark.format(row)}")
    return "\n".join(lines) + "\n"


def shuffled(count):
    return [row * 7919 % count for row in range(count)]


def walk(revision, **options):
    rows, after = [], -1
    while after is not None:
        page = read_page(
            revision.files,
            revision.schema,
            columns=("remark",),
            after_row=after,
            limit=7_001,
            **{"time_from": None, "time_to": None} | options,
        )
        rows += [row[0] for row in page.rows]
        after = page.next_row
    return rows


def names(numbers):
    return [f"row {number}" for number in numbers]


@pytest.mark.usefixtures("small_files")
class TestSeveralFiles:
    def test_have_a_fitting_size_and_follow_each_other(self, take_in):
        files = take_in(curve(range(ROWS))).ingested.files

        assert len(files) > 2
        assert all(4 << 10 <= file.size_bytes <= 32 << 10 for file in files)
        assert [file.number for file in files] == list(range(1, len(files) + 1))
        assert [file.first_row for file in files[1:]] == [file.first_row + file.rows for file in files[:-1]]
        assert sum(file.rows for file in files) == ROWS

    def test_state_their_range_of_time(self, take_in):
        files = take_in(curve(range(ROWS))).ingested.files

        assert files[0].time_from == "2026-01-01T00:00:00"
        assert all(first.time_to < second.time_from for first, second in pairwise(files))

    @pytest.mark.parametrize("order", [range, shuffled])
    def test_hold_every_row_once_in_time_order(self, take_in, order):
        assert walk(take_in(curve(order(ROWS)))) == names(range(ROWS))

    def test_are_sorted_also_when_only_their_borders_are_out_of_order(self, take_in):
        late = [*range(ROWS // 2, ROWS), *range(ROWS // 2)]

        assert walk(take_in(curve(late))) == names(range(ROWS))

    def test_are_cut_between_records_also_where_text_holds_line_breaks(self, take_in):
        revision = take_in(curve(range(ROWS), remark='"row {}\n,,\n"'))

        assert len(revision.ingested.files) > 1
        assert walk(revision) == [f"row {number}\n,,\n" for number in range(ROWS)]

    def test_are_asked_by_time_across_their_borders(self, take_in):
        revision = take_in(curve(range(ROWS)))
        border = revision.ingested.files[1].first_row
        low, high = border - 50, border + 50
        times = [
            read_page(
                revision.files,
                revision.schema,
                columns=("time",),
                time_from=None,
                time_to=None,
                after_row=row - 1,
                limit=1,
            ).rows[0][0]
            for row in (low, high)
        ]

        found = walk(revision, time_from=times[0], time_to=times[1])

        assert found == names(range(low, high))

    def test_only_those_of_interest_are_brought_near(self, take_in):
        revision = take_in(curve(range(ROWS)))
        asked = []
        located = type(revision.files)(
            revision.files.files, lambda file: asked.append(file.number) or revision.files.locate(file)
        )
        third = revision.ingested.files[2]

        read_page(
            located,
            revision.schema,
            columns=("remark",),
            time_from=third.time_from,
            time_to=None,
            after_row=-1,
            limit=10,
        )

        assert asked == [3]

    def test_are_delivered_as_one_file(self, take_in, tmp_path):
        revision = take_in(curve(range(ROWS)))

        written = write_file(
            revision.files,
            tmp_path / "out.parquet",
            revision.schema,
            columns=("remark",),
            file_format="parquet",
            time_from=None,
            time_to=None,
        )

        assert written.rows == ROWS
        assert [row[0] for row in duckdb.read_parquet(str(tmp_path / "out.parquet")).fetchall()] == names(
            range(ROWS)
        )

    @pytest.mark.parametrize("order", [range, shuffled])
    def test_have_the_same_bytes_however_many_work_on_them(self, take_in, monkeypatch, order):
        content = curve(order(ROWS))
        monkeypatch.setattr(engine.os, "cpu_count", lambda: 1)
        alone = take_in(content).ingested

        monkeypatch.setattr(engine.os, "cpu_count", lambda: 64)
        assert [take_in(content).ingested for _ in range(3)] == [alone] * 3

    def test_are_balanced_when_the_beginning_says_too_little(self, take_in):
        """The beginning compresses to nothing, the rest does not."""
        rows = [f"2026-01-01 00:00:00,1,{'x' if row < 40_000 else hash_text(row)}" for row in range(ROWS)]

        files = take_in("time,load_kw,remark\n" + "\n".join(rows) + "\n").ingested.files

        assert max(file.size_bytes for file in files) <= 2 * (32 << 10)
        assert sum(file.rows for file in files) == ROWS

    def test_a_bad_cell_in_a_later_piece_is_named_by_its_own_line(self, take_in):
        lines = curve(range(ROWS)).splitlines()
        lines[50_000] = lines[50_000].replace(",row", "x,row")

        with pytest.raises(Exception, match="line 50001, column load_kw"):
            take_in("\n".join(lines) + "\n")


def hash_text(number):
    import hashlib

    return hashlib.sha256(str(number).encode()).hexdigest()
