from contextlib import suppress

import duckdb
import pytest

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.reading.query import read_page


@pytest.fixture
def parquet(tmp_path):
    """Write the result of a query as an uploaded Parquet file."""

    def write(query):
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'Asia/Shanghai'")
            connection.execute(f"COPY ({query}) TO '{tmp_path}/up.parquet' (FORMAT parquet)")
        return tmp_path / "up.parquet"

    return write


def _first_row(revision):
    return read_page(
        revision.files,
        revision.schema,
        columns=revision.schema.names,
        time_from=None,
        time_to=None,
        after_row=-1,
        limit=1,
    ).rows[0]


def test_engine_types_are_kept(take_in, parquet):
    source = parquet(
        "SELECT 1::UTINYINT AS small, 12.34::DECIMAL(9, 2) AS price, 0.1::DOUBLE AS x, DATE '2026-06-30' AS day,"
        " TIMESTAMP '2026-06-30 23:45:00' AS naive, TIMESTAMPTZ '2026-07-01 00:00:00+08' AS zoned, '' AS empty,"
        " 'ü'::VARCHAR AS word, true AS flag"
    )

    revision = take_in(source, "up.parquet")

    assert _first_row(revision) == (
        1, 12.34, 0.1, "2026-06-30", "2026-06-30T23:45:00", "2026-06-30T16:00:00Z", None, "ü", True,
    )  # fmt: skip
    assert revision.schema.field("zoned").zone == "UTC"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("[1, 2]", "type INTEGER[]"),
        ("'x'::BLOB", "type BLOB"),
        ("1::DECIMAL(38, 2)", r"type DECIMAL(38,2)"),
        ("'nan'::DOUBLE", "up.parquet, row 1, column x: 'nan' is not a number"),
        ("18446744073709551615::UBIGINT", "row 1, column x: '18446744073709551615' is not a whole number"),
        ("DATE 'infinity'", "row 1, column x: 'infinity' is not a date"),
        (
            "TIMESTAMP_NS '2026-01-01 00:00:00.123456789'",
            "not a time of the years 1000 to 9999 in whole microseconds",
        ),
    ],
)
def test_what_has_no_exact_counterpart_is_refused(take_in, parquet, value, says):
    with pytest.raises(UnreadableSource) as caught:
        take_in(parquet(f"SELECT {value} AS x"), "up.parquet")

    assert says in caught.value.detail
    assert caught.value.field == "x"


def test_no_rows_are_refused(take_in, parquet):
    with pytest.raises(UnreadableSource, match="no rows"):
        take_in(parquet("SELECT 1 AS x WHERE false"), "up.parquet")


@pytest.mark.parametrize("position", range(0, 100, 5))
def test_a_damaged_file_is_refused_or_read_never_a_crash(take_in, parquet, position):
    data = bytearray(parquet("SELECT i AS x, 'row ' || i AS word FROM range(5000) r(i)").read_bytes())
    at = len(data) * position // 100
    data[at : at + 16] = b"\xff" * 16

    with suppress(UnreadableSource):
        assert take_in(bytes(data), "up.parquet").ingested.rows == 5000
