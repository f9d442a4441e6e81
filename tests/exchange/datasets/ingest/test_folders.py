"""A folder of files with the same columns arrives as one archive and becomes one revision."""

import io
import zipfile

import duckdb
import pytest

from exchange.datasets.errors import UnreadableSource


def archive(files, *, compressed=True):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def test_the_rows_of_all_files_are_one_revision_in_time_order(take_in):
    revision = take_in(
        archive({"b.csv": "day,x\n2026-01-03,3\n", "a.csv": "day,x\n2026-01-02,2\n2026-01-01,1\n"}), "y.zip"
    )

    assert revision.rows() == [("2026-01-01", 1), ("2026-01-02", 2), ("2026-01-03", 3)]


def test_without_a_time_files_follow_each_other_by_name(take_in):
    revision = take_in(archive({"b.csv": "bus,x\nB,1\n", "a.csv": "bus,x\nZ,2\nA,3\n"}), "y.zip")

    assert revision.rows() == [("Z", 2), ("A", 3), ("B", 1)]


def test_how_the_files_were_packed_changes_nothing(take_in):
    files = {"a.csv": "bus,x\nZ,2\n", "b.csv": "bus,x\nB,1\n", ".hidden": "?", "__MACOSX/a.csv": "?"}

    first = take_in(archive(files), "y.zip").ingested
    second = take_in(archive(dict(reversed(files.items())), compressed=False), "y.zip").ingested

    assert first.sha256 == second.sha256


def test_columns_may_stand_in_another_order_in_each_file_and_form(take_in):
    revision = take_in(
        archive(
            {
                "a.csv": "bus,x\nA,1\n",
                "b.tsv": "x\tbus\n2\tB\n",
                "c.jsonl": '{"x": 3, "bus": "C"}\n',
                "d.jsonl": '{"bus": "D"}\n',
            }
        ),
        "y.zip",
    )

    assert revision.rows() == [("A", 1), ("B", 2), ("C", 3), ("D", None)]


def test_types_are_decided_over_all_files(take_in):
    revision = take_in(archive({"a.csv": "bus,x\nA,1\n", "b.csv": "bus,x\nB,1.5\n"}), "y.zip")

    assert revision.rows() == [("A", 1.0), ("B", 1.5)]


def test_a_fault_names_the_file_inside(take_in):
    good = "".join(f"2026-01-{day:02d},{day}\n" for day in range(1, 31))

    with pytest.raises(UnreadableSource) as caught:
        take_in(
            archive({"jan.csv": f"day,x\n{good}", "feb.csv": "day,x\n2026-02-01,1\n2026-02-02,oops\n"}),
            "y.zip",
        )

    assert caught.value.detail.startswith("y.zip, feb.csv, line 3, column x: 'oops' is not")
    assert caught.value.context["place"] == "feb.csv, line 3"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "holds no files"),
        ({"a.csv": "x,y\n1,2\n", "b.csv": "x\n1\n"}, "y.zip, b.csv lacks the column y"),
        ({"a.csv": "x,y\n1,2\n", "b.csv": "x,y,z\n1,2,3\n"}, "y.zip, b.csv has the column z"),
        ({"a.csv": "x,y\n1,2\n", "b.txt": ""}, "y.zip, b.txt is empty"),
        ({"a.csv": "x,y\n1,2\n", "b.doc": "?"}, "y.zip, b.doc is none of the formats"),
        ({"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2,3\n"}, "y.zip, b.csv, line 2: 3 cells"),
    ],
)
def test_what_does_not_go_together_is_refused_by_file(take_in, files, says):
    with pytest.raises(UnreadableSource) as caught:
        take_in(archive(files), "y.zip")

    assert says in caught.value.detail


def test_something_else_with_that_name_is_refused(take_in):
    with pytest.raises(UnreadableSource, match="not a readable ZIP archive"):
        take_in(b"no archive", "y.zip")


class TestParquet:
    def write(self, tmp_path, name, query):
        path = tmp_path / name
        duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()

    def test_files_are_one_revision(self, take_in, tmp_path):
        first = self.write(tmp_path, "1", "SELECT 'A' AS bus, 1 AS x")
        second = self.write(tmp_path, "2", "SELECT 2 AS x, 'B' AS bus")

        assert take_in(archive({"1.parquet": first, "2.parquet": second}), "y.zip").rows() == [
            ("A", 1),
            ("B", 2),
        ]

    def test_of_different_types_are_refused(self, take_in, tmp_path):
        first = self.write(tmp_path, "1", "SELECT 'A' AS bus, 1 AS x")
        second = self.write(tmp_path, "2", "SELECT 'B' AS bus, 1.5::DOUBLE AS x")

        with pytest.raises(UnreadableSource, match=r"y\.zip, 2\.parquet: column x has the type DOUBLE"):
            take_in(archive({"1.parquet": first, "2.parquet": second}), "y.zip")

    def test_and_text_do_not_mix(self, take_in, tmp_path):
        first = self.write(tmp_path, "1", "SELECT 'A' AS bus, 1 AS x")

        with pytest.raises(UnreadableSource, match="do not go together"):
            take_in(archive({"1.parquet": first, "2.csv": "bus,x\nB,1\n"}), "y.zip")
