import csv
import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.errors import Invalid
from exchange.datasets.errors import PageSizeInvalid, TimeRangeInvalid, UnknownColumn
from exchange.datasets.reading.query import read_page, render_csv, render_json, write_file

COLUMNS = ("time", "active_power_kw", "remark")


def _page(revision, columns=COLUMNS, *, time_from=None, time_to=None, after_row=-1, limit=100):
    return read_page(
        revision.files,
        revision.schema,
        columns=columns,
        time_from=time_from,
        time_to=time_to,
        after_row=after_row,
        limit=limit,
    )


def _walk(revision, limit, **options):
    """Follow the cursor to the end."""
    rows, after = [], -1
    while after is not None:
        page = _page(revision, after_row=after, limit=limit, **options)
        rows += page.rows
        after = page.next_row
    return rows


class TestPages:
    @settings(max_examples=15, deadline=None)
    @given(limit=st.integers(200, 12_000))
    def test_following_the_cursor_meets_every_row_once_in_order(self, quarter_hours, limit):
        rows = _walk(quarter_hours, limit)

        assert [row[2] for row in rows] == [f"row {number}" for number in range(10_001)]

    @settings(max_examples=15, deadline=None)
    @given(limit=st.integers(1, 120))
    def test_the_cursor_stays_inside_a_time_range(self, quarter_hours, limit):
        rows = _walk(quarter_hours, limit, time_from="2026-02-01", time_to="2026-02-02")

        assert [row[2] for row in rows] == [f"row {number}" for number in range(28 * 96, 29 * 96)]

    def test_the_last_full_page_has_no_next(self, quarter_hours):
        page = _page(quarter_hours, after_row=9_900, limit=100)

        assert (len(page.rows), page.next_row) == (100, None)

    def test_a_range_is_half_open(self, quarter_hours):
        first = _page(quarter_hours, time_from="2026-01-01T00:15:00", time_to="2026-01-01T00:45:00")

        assert [row[0] for row in first.rows] == ["2026-01-01T00:15:00", "2026-01-01T00:30:00"]

    def test_adjacent_ranges_share_no_row_and_leave_none_out(self, quarter_hours):
        bounds = [None, "2026-01-03", "2026-01-03T00:00:01", "2026-03-05T12:00", None]

        rows = [
            row
            for low, high in pairwise(bounds)
            for row in _walk(quarter_hours, 5_000, time_from=low, time_to=high)
        ]

        assert rows == _walk(quarter_hours, 20_000)

    def test_columns_come_in_the_order_asked_for(self, quarter_hours):
        page = _page(quarter_hours, ("remark", "time"), limit=1)

        assert page.rows == [("row 0", "2026-01-01T00:00:00")]

    def test_threads_get_the_same_answers_as_one(self, quarter_hours):
        cursors = list(range(-1, 10_000, 97))
        alone = [_page(quarter_hours, after_row=after) for after in cursors]

        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda after: _page(quarter_hours, after_row=after), cursors))

        assert together == alone

    @pytest.mark.parametrize(("month", "to"), [("2026-02", "2026-03")])
    def test_months_are_asked_for_as_they_are_written(self, take_in, month, to):
        revision = take_in("month,x\n2026-01,1\n2026-02,2\n2026-03,3\n")

        assert _page(revision, ("month", "x"), time_from=month, time_to=to).rows == [("2026-02", 2)]

    def test_zoned_times_are_asked_for_with_any_offset(self, take_in):
        revision = take_in("at,x\n2026-07-01T00:00:00Z,1\n2026-07-01T01:00:00Z,2\n")

        assert _page(revision, ("x",), time_from="2026-07-01T09:00:00+08:00").rows == [(2,)]


class TestRefusals:
    def test_an_unknown_column_is_named_with_those_there_are(self, quarter_hours):
        with pytest.raises(UnknownColumn, match="no column price") as caught:
            _page(quarter_hours, ("time", "price"))

        assert caught.value.remedy == "Choose from: time, active_power_kw, remark."

    @pytest.mark.parametrize("columns", [(), ("time", "time"), ('x" FROM secrets; --',)])
    def test_no_column_twice_none_and_no_sql(self, quarter_hours, columns):
        with pytest.raises(UnknownColumn):
            _page(quarter_hours, columns)

    @pytest.mark.parametrize(
        "text", ["2026-13-01", "2026", "yesterday", "2026-01-01T00:00:00Z", "2026-01-01' OR 1", ""]
    )
    def test_a_bad_time_names_field_and_format(self, quarter_hours, text):
        with pytest.raises(
            TimeRangeInvalid, match="column time is asked for like 2026-06-30T23:45:00"
        ) as caught:
            _page(quarter_hours, time_to=text)

        assert caught.value.field == "time_to"

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ("2026-06", "2026-06-01"),
            ("2026-06", "2026-13"),
            ("2026-06-30", "2026-06"),
            ("2026-06-30T00:00:00Z", "2026-06-30"),
        ],
    )
    def test_a_bound_is_written_like_the_times(self, take_in, cell, text):
        with pytest.raises(TimeRangeInvalid):
            _page(take_in(f"at,x\n{cell},1\n"), ("x",), time_from=text)

    def test_rows_without_time_have_no_range(self, take_in):
        with pytest.raises(TimeRangeInvalid, match="no time to choose by"):
            _page(take_in("bus,x\na,1\n"), ("x",), time_from="2026-01-01")

    @pytest.mark.parametrize("bad", [{"limit": 0}, {"after_row": -2}])
    def test_an_impossible_page_is_refused(self, quarter_hours, bad):
        with pytest.raises(PageSizeInvalid) as caught:
            _page(quarter_hours, **bad)

        assert isinstance(caught.value, Invalid)
        assert caught.value.field in bad


class TestBytes:
    def test_json_holds_columns_rows_and_cursor(self, quarter_hours):
        page = _page(quarter_hours, limit=2)

        assert json.loads(render_json(page, COLUMNS)) == {
            "columns": list(COLUMNS),
            "rows": [["2026-01-01T00:00:00", None, "row 0"], ["2026-01-01T00:15:00", 0.125, "row 1"]],
            "next_row": 1,
        }

    def test_csv_has_a_header_and_empty_nulls(self, quarter_hours):
        page = _page(quarter_hours, limit=2)

        assert render_csv(page, COLUMNS) == (
            b"time,active_power_kw,remark\r\n2026-01-01T00:00:00,,row 0\r\n2026-01-01T00:15:00,0.125,row 1\r\n"
        )

    def test_text_that_looks_like_a_formula_is_guarded_and_numbers_are_not(self, take_in):
        revision = take_in("x,word\n-1.5,=1+1\n-2.5,'=quoted\n-3,@x\n-4,plain's\n")

        lines = render_csv(_page(revision, ("x", "word")), ("x", "word")).decode().splitlines()

        assert lines[1:] == ["-1.5,'=1+1", "-2.5,''=quoted", "-3.0,'@x", "-4.0,plain's"]


class TestFiles:
    def test_a_csv_file_holds_the_bytes_of_the_pages(self, quarter_hours, tmp_path):
        target = tmp_path / "out" / "load.csv"

        written = write_file(
            quarter_hours.files, target, quarter_hours.schema,
            columns=COLUMNS, file_format="csv", time_from=None, time_to=None,
        )  # fmt: skip

        data = target.read_bytes()
        assert data == render_csv(_page(quarter_hours, limit=20_000), COLUMNS)
        assert written == (10_001, len(data), hashlib.sha256(data).hexdigest())

    def test_a_parquet_file_holds_the_chosen_rows_and_columns(self, quarter_hours, tmp_path):
        target = tmp_path / "load.parquet"

        written = write_file(
            quarter_hours.files, target, quarter_hours.schema,
            columns=("remark",), file_format="parquet", time_from="2026-01-01", time_to="2026-01-02",
        )  # fmt: skip

        with duckdb.connect() as connection:
            rows = connection.execute("SELECT * FROM read_parquet(?)", [str(target)]).fetchall()
        assert rows == [(f"row {number}",) for number in range(96)]
        assert written == (96, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())

    @pytest.mark.parametrize("file_format", ["csv", "parquet"])
    def test_an_empty_range_gives_a_file_without_rows(self, quarter_hours, tmp_path, file_format):
        written = write_file(
            quarter_hours.files, tmp_path / "none", quarter_hours.schema,
            columns=("time",), file_format=file_format, time_from="2030-01-01", time_to=None,
        )  # fmt: skip

        assert written.rows == 0
        assert file_format == "parquet" or (tmp_path / "none").read_bytes() == b"time\r\n"

    @pytest.mark.parametrize("file_format", ["csv", "parquet"])
    def test_a_refused_request_leaves_no_file(self, quarter_hours, tmp_path, file_format):
        with pytest.raises(UnknownColumn):
            write_file(
                quarter_hours.files, tmp_path / "none", quarter_hours.schema,
                columns=("price",), file_format=file_format, time_from=None, time_to=None,
            )  # fmt: skip

        assert not list(tmp_path.iterdir())


class TestRoundTrip:
    @settings(max_examples=40, deadline=None)
    @given(
        cells=st.lists(
            st.tuples(
                st.floats(allow_nan=False, allow_infinity=False),
                st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
            ),
            min_size=1,
            max_size=30,
        )
    )
    def test_doubles_and_text_come_back_bit_for_bit(self, take_in, cells):
        upload = io.StringIO(newline="")
        csv.writer(upload).writerows(
            [("x", "word"), *((repr(number), "§" + text) for number, text in cells)]
        )

        revision = take_in(upload.getvalue())
        page = _page(revision, ("x", "word"))
        back = list(csv.reader(io.StringIO(render_csv(page, ("x", "word")).decode(), newline="")))[1:]

        expected = [(repr(number), "§" + text) for number, text in cells]
        assert [(repr(number), text) for number, text in page.rows] == expected
        assert [tuple(row) for row in back] == expected
        assert [
            (repr(number), text) for number, text in json.loads(render_json(page, ("x", "word")))["rows"]
        ] == expected
