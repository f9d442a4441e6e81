import hashlib

import duckdb
import pytest

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.reading.query import read_page


def types(revision):
    return [field.type for field in revision.schema.fields]


def rows(revision, limit=100):
    return read_page(
        revision.files,
        revision.schema,
        columns=revision.schema.names,
        time_from=None,
        time_to=None,
        after_row=-1,
        limit=limit,
    ).rows


class TestTypes:
    def test_every_type_is_recognised_and_delivered_as_written(self, take_in):
        revision = take_in(
            "at,day,month,count,price,place,open\n"
            "2026-06-30 23:45:00,2026-06-30,2026-06,3,0.1,武汉,true\n"
            "2026-07-01 00:00:00,2026-07-01,2026-07,4,7,Wuhan,false\n"
        )

        assert types(revision) == ["timestamp", "date", "month", "integer", "number", "text", "boolean"]
        assert rows(revision)[0] == ("2026-06-30T23:45:00", "2026-06-30", "2026-06", 3, 0.1, "武汉", True)

    def test_a_month_is_stored_as_the_date_of_its_first_day(self, take_in):
        revision = take_in("month,x\n2026-06,1\n2026-07,2\n")

        with duckdb.connect() as connection:
            stored = connection.execute(
                "SELECT CAST(min(month) AS VARCHAR) FROM read_parquet(?)", [str(revision.parquet)]
            )
            assert stored.fetchone() == ("2026-06-01",)

    def test_no_zone_is_invented_for_a_naive_time(self, take_in):
        revision = take_in("at,x\n2026-06-30T23:45:00.5,1\n2026/7/1 0:00,2\n")

        assert revision.schema.time.zone is None
        assert [row[0] for row in rows(revision)] == ["2026-06-30T23:45:00.5", "2026-07-01T00:00:00"]

    def test_times_with_offset_become_utc(self, take_in):
        revision = take_in("at,x\n2026-07-01T00:00:00+08:00,1\n2026-07-01T00:00:00Z,2\n")

        assert revision.schema.time.zone == "UTC"
        assert [row[0] for row in rows(revision)] == ["2026-06-30T16:00:00Z", "2026-07-01T00:00:00Z"]

    @pytest.mark.parametrize("cell", ["007", "12345678901234567890", "1,5", "12 kW", "1e999", "yes"])
    def test_what_a_number_would_change_stays_text(self, take_in, cell):
        revision = take_in(f'code,x\n"{cell}",1\n')

        assert types(revision)[0] == "text"
        assert rows(revision) == [(cell, 1)]

    def test_declared_text_keeps_its_spelling(self, take_in):
        revision = take_in("code,x\n1001,1\n1002,2\n", text_columns={"code"})

        assert rows(revision) == [("1001", 1), ("1002", 2)]

    def test_empty_cells_are_null(self, take_in):
        revision = take_in('x,y,z\n1,"",\n ,b,\n')

        assert rows(revision) == [(1, None, None), (None, "b", None)]
        assert [field.nullable for field in revision.schema.fields] == [True, True, True]


class TestOrder:
    def test_rows_are_stored_by_time_and_ties_keep_their_order(self, take_in):
        revision = take_in("x,day\n1,2026-01-03\n2,2026-01-01\n3,2026-01-03\n4,2026-01-01\n")

        assert [row[0] for row in rows(revision)] == [2, 4, 1, 3]
        assert (revision.ingested.time_from, revision.ingested.time_to) == ("2026-01-01", "2026-01-03")

    def test_a_time_with_holes_does_not_order_the_rows(self, take_in):
        revision = take_in("x,sold_on,listed_on\n1,,2026-01-02\n2,2026-01-05,2026-01-01\n")

        assert revision.schema.time_field == "listed_on"

    def test_without_a_time_the_order_of_the_file_stays(self, take_in):
        revision = take_in("bus,x\nb,1\na,2\n")

        assert revision.schema.time_field is None
        assert [row[0] for row in rows(revision)] == ["b", "a"]
        assert revision.ingested.time_from is None


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_chinese_encodings_are_recognised(self, take_in, encoding):
        revision = take_in("日期,价格\n2026-06-30,12.5\n".encode(encoding))

        assert revision.schema.names == ("日期", "价格")

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_recognised(self, take_in, delimiter):
        revision = take_in(f'day{delimiter}note\n2026-06-30{delimiter}"a{delimiter}b"\n')

        assert rows(revision) == [("2026-06-30", f"a{delimiter}b")]

    def test_quoted_line_breaks_and_mixed_line_endings_are_taken(self, take_in):
        revision = take_in('a,b\r\n1,"x\ny"\n2,"q""q"\r\n\n3,z')

        assert rows(revision) == [(1, "x\ny"), (2, 'q"q'), (3, "z")]

    @pytest.mark.parametrize("word", ["\r", "a\r", "\rb", "a\r\nb", "\n", 'q"\r"'])
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_a_line_break_inside_quotes_keeps_its_spelling(self, take_in, word, ending):
        """The engine's own reader drops some of them."""
        quoted = word.replace('"', '""')
        revision = take_in(f'x,word{ending}1,"{quoted}"{ending}2,§{ending}')

        assert rows(revision) == [(1, word), (2, "§")]

    def test_old_line_endings_are_taken(self, take_in):
        assert rows(take_in("a,b\r1,2\r3,4\r")) == [(1, 2), (3, 4)]

    @pytest.mark.parametrize("ending", ["\n", "\r"])
    def test_empty_cells_after_the_last_column_are_no_fault(self, take_in, ending):
        assert rows(take_in(f"a,b{ending}1,2,{ending}3,4,,{ending}")) == [(1, 2), (3, 4)]

    def test_names_are_trimmed(self, take_in):
        revision = take_in('" day ","active \n power"\n2026-06-30,1\n')

        assert revision.schema.names == ("day", "active power")

    def test_empty_lines_after_one_column_are_no_rows(self, take_in):
        assert take_in("price\n1\n\n2\n\n\n").ingested.rows == 3

    def test_engine_words_and_quotes_are_fine_as_names(self, take_in):
        revision = take_in('"select","a""b","x;--"\n1,2,3\n')

        assert rows(revision) == [(1, 2, 3)]


class TestStored:
    def test_the_result_states_the_stored_file(self, take_in):
        revision = take_in("day,x\n2026-01-01,1\n")
        stored = revision.parquet.read_bytes()

        (file,) = revision.ingested.files
        assert (file.sha256, file.size_bytes) == (hashlib.sha256(stored).hexdigest(), len(stored))
        assert (file.number, file.rows, file.first_row) == (1, 1, 0)
        assert (file.time_from, file.time_to) == ("2026-01-01", "2026-01-01")

    def test_the_digest_of_the_whole_is_that_of_the_canonical_manifest(self, take_in):
        ingested = take_in("day,x\n2026-01-01,1\n").ingested
        (file,) = ingested.files

        manifest = (
            f'{{"files":[{{"first_row":0,"number":1,"rows":1,"sha256":"{file.sha256}",'
            f'"size_bytes":{file.size_bytes},"time_from":"2026-01-01","time_to":"2026-01-01"}}],'
            '"form":"wdx-revision-files/1"}'
        )
        assert ingested.sha256 == hashlib.sha256(manifest.encode()).hexdigest()

    def test_the_same_upload_gives_the_same_bytes(self, take_in, quarter_hours):
        assert take_in("day,x\n2026-01-01,1\n").ingested == take_in("day,x\n2026-01-01,1\n").ingested

    def test_source_stays_and_nothing_temporary_does(self, take_in, tmp_path):
        source = tmp_path / "a[1]*.csv"
        source.write_text("day,x\n2026-01-01,1\n")
        (tmp_path / "a1.csv").write_text("day,x\n2026-01-01,9\n")

        revision = take_in(source)

        assert rows(revision) == [("2026-01-01", 1)]
        assert source.read_text() == "day,x\n2026-01-01,1\n"
        assert list(revision.folder.iterdir()) == [revision.parquet]
        assert not list((revision.folder.parent.parent / "temp").iterdir())

    def test_a_refused_upload_leaves_an_earlier_file_alone(self, take_in):
        revision = take_in("day,x\n2026-01-01,1\n")
        before = revision.parquet.read_bytes()

        with pytest.raises(UnreadableSource):
            take_in("day\n", "prices.csv")

        assert revision.parquet.read_bytes() == before
