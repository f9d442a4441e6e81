"""A strict load does what its load schema declares, or names the cells that break it."""

import duckdb
import pytest

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.load_schema import FORM, LoadSchema


def schema(*columns, time_column=None, sort_by=()):
    return LoadSchema.from_json(
        {"form": FORM, "columns": list(columns), "time_column": time_column, "sort_by": list(sort_by)}
    )


def column(name, kind, **members):
    return {"name": name, "type": kind, **members}


def one(take_in, cells, **rule):
    """Load cells of one column; the second column keeps empty lines records."""
    text = "x;y\n" + "".join(f"{cell};1\n" for cell in cells)
    declared = schema({"name": "x", **rule}, column("y", "integer"))
    return [row[0] for row in take_in(text, load_schema=declared).rows()]


def fault(take_in, cells, **rule):
    with pytest.raises(UnreadableSource) as caught:
        one(take_in, cells, **rule)
    return caught.value


class TestCells:
    @pytest.mark.parametrize(
        ("rule", "cells", "values"),
        [
            ({"type": "text"}, ["007", "", "1"], ["007", None, "1"]),
            ({"type": "number"}, ["1", " 2.5 ", ""], [1.0, 2.5, None]),
            ({"type": "number", "null_words": ["NA", "-9999"]}, ["NA", "-9999", "3"], [None, None, 3.0]),
            ({"type": "text", "null_words": ["it's"]}, ["it's", "its"], [None, "its"]),
            ({"type": "number", "decimal": ","}, ["1,5", "-0,25", "7"], [1.5, -0.25, 7.0]),
            (
                {"type": "number", "decimal": ",", "thousands": "."},
                ["1.234.567,5", "1234,5", "12"],
                [1234567.5, 1234.5, 12.0],
            ),
            ({"type": "integer", "thousands": ","}, ["1,234", "12"], [1234, 12]),
            ({"type": "integer", "thousands": "'"}, ["1'234"], [1234]),
            ({"type": "boolean"}, ["TRUE", "false"], [True, False]),
            ({"type": "month"}, ["2026-06", "2026/7"], ["2026-06", "2026-07"]),
            ({"type": "date"}, ["2026-06-30"], ["2026-06-30"]),
            ({"type": "timestamp"}, ["2026-06-30 08:00"], ["2026-06-30T08:00:00"]),
            (
                {"type": "timestamp", "zone": "Asia/Shanghai"},
                ["2026-06-30 08:00", "1990-07-01 08:00:00"],
                ["2026-06-30T00:00:00Z", "1990-06-30T23:00:00Z"],
            ),
            (
                {"type": "timestamp", "zone": "offset"},
                ["2026-06-30T08:00:00+08:00"],
                ["2026-06-30T00:00:00Z"],
            ),
        ],
    )
    def test_are_read_as_declared(self, take_in, rule, cells, values):
        assert one(take_in, cells, **rule) == values

    @pytest.mark.parametrize(
        ("rule", "cell"),
        [
            ({"type": "number"}, "NA"),
            ({"type": "number"}, "1,5"),
            ({"type": "number"}, "1_000"),
            ({"type": "number"}, "007"),
            ({"type": "number"}, "1e999"),
            ({"type": "number"}, "1-"),
            ({"type": "number", "decimal": ","}, "1.5"),
            ({"type": "number", "decimal": ",", "thousands": "."}, "1.23,5"),
            ({"type": "integer", "thousands": ","}, "12,34"),
            ({"type": "integer"}, "1.5"),
            ({"type": "date"}, "2026-02-30"),
            ({"type": "timestamp"}, "2026-06-30T08:00:00+08:00"),
            ({"type": "timestamp", "zone": "offset"}, "2026-06-30T08:00:00"),
            ({"type": "timestamp", "zone": "Asia/Shanghai"}, "1986-05-04 02:30:00"),
            ({"type": "timestamp", "zone": "Asia/Shanghai"}, "1986-09-14 01:30:00"),
            ({"type": "number", "nullable": False}, ""),
            ({"type": "text", "nullable": False}, ""),
        ],
    )
    def test_that_break_the_rule_are_named(self, take_in, rule, cell):
        error = fault(take_in, ["", cell] if rule.get("nullable", True) else [cell], **rule)

        assert error.context["place"] == f"line {3 if rule.get('nullable', True) else 2}"
        assert (error.field, error.context["value"], error.context["fault_count"]) == ("x", cell or None, 1)

    def test_are_all_counted_and_the_first_twenty_listed(self, take_in):
        error = fault(take_in, ["1", *["bad"] * 30], type="integer")

        assert error.context["fault_count"] == 30
        assert [item["place"] for item in error.context["faults"]] == [
            f"prices.csv, line {line}" for line in range(3, 23)
        ]
        assert "30 cells are at fault" in error.detail


class TestColumns:
    TEXT = "b,a,c\n2,2026-01-02,x\n1,2026-01-02,y\n9,2026-01-01,z\n"

    def test_are_renamed_dropped_and_carry_their_unit(self, take_in):
        revision = take_in(
            self.TEXT,
            load_schema=schema(
                column("a", "date", rename="day"),
                column("b", "number", unit="MW"),
                {"name": "c", "drop": True},
            ),
        )

        assert revision.schema.names == ("b", "day")
        assert (revision.schema.fields[0].unit, revision.schema.time_field) == ("MW", None)
        assert revision.rows()[0] == (2.0, "2026-01-02")

    def test_order_the_rows_as_declared(self, take_in):
        columns = column("a", "date", nullable=False), column("b", "integer"), column("c", "text")

        revision = take_in(self.TEXT, load_schema=schema(*columns, time_column="a", sort_by=["a", "b"]))

        assert revision.rows() == [(9, "2026-01-01", "z"), (1, "2026-01-02", "y"), (2, "2026-01-02", "x")]

    def test_put_rows_without_the_key_last(self, take_in):
        rules = schema(column("n", "integer"), column("x", "text"), sort_by=["n"])

        revision = take_in("n,x\n3,c\n,d\n1,a\n", load_schema=rules)

        assert revision.rows() == [(1, "a"), (3, "c"), (None, "d")]

    @pytest.mark.parametrize(
        ("columns", "says"),
        [
            (
                [column("b", "integer"), column("a", "date")],
                "has the column c, of which the load schema says nothing",
            ),
            ([column(name, "text") for name in "abcd"], "has no column d, which the load schema declares"),
            (
                [column("a", "text"), column("b", "text"), column("c", "text", rename="rowid")],
                "reserved for the engine",
            ),
        ],
    )
    def test_must_be_those_of_the_file(self, take_in, columns, says):
        with pytest.raises(UnreadableSource, match=says):
            take_in(self.TEXT, load_schema=schema(*columns))

    def test_of_parquet_may_be_text_that_is_read(self, take_in, tmp_path):
        path = tmp_path / "x.parquet"
        duckdb.execute(
            f"COPY (SELECT '1,5' AS a, unnest([3, -9]) AS b, 4 AS c) TO '{path}' (FORMAT parquet)"
        )

        revision = take_in(
            path,
            "x.parquet",
            load_schema=schema(
                column("a", "number", decimal=","),
                column("b", "number", null_words=["-9"]),
                column("c", "text"),
            ),
        )

        assert revision.rows() == [(1.5, 3.0, "4"), (1.5, None, "4")]

    def test_of_parquet_cannot_be_anything(self, take_in, tmp_path):
        path = tmp_path / "x.parquet"
        duckdb.execute(f"COPY (SELECT 1.5::DOUBLE AS a) TO '{path}' (FORMAT parquet)")

        with pytest.raises(UnreadableSource, match="is of the type number and cannot be read as date"):
            take_in(path, "x.parquet", load_schema=schema(column("a", "date")))
