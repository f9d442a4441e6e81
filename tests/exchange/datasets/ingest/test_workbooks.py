from datetime import date, datetime, timedelta

import openpyxl
import pytest

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest import spreadsheet
from exchange.datasets.reading.query import read_page

QUARTER_PAST = datetime(2026, 6, 30, 0, 15)  # noqa: DTZ001 - a sheet knows no zone


@pytest.fixture
def workbook(tmp_path):
    """Write rows as the first sheet of a workbook."""

    def write(*rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.create_sheet("notes").append(["not read"])
        book.save(tmp_path / "prices.xlsx")
        return tmp_path / "prices.xlsx"

    return write


def _rows(revision):
    return read_page(
        revision.files,
        revision.schema,
        columns=revision.schema.names,
        time_from=None,
        time_to=None,
        after_row=-1,
        limit=99,
    ).rows


def test_the_first_sheet_is_read_with_its_types(take_in, workbook):
    source = workbook(
        ["日期", "时刻", "价格", "手", "备注", "主力"],
        [date(2026, 6, 30), QUARTER_PAST, 0.1, 3, "fine", True],
        [date(2026, 7, 1), QUARTER_PAST + timedelta(minutes=15), 12, None, 'x, "y"\nz', False],
    )

    revision = take_in(source, "prices.xlsx")

    assert [field.type for field in revision.schema.fields] == [
        "date",
        "timestamp",
        "number",
        "integer",
        "text",
        "boolean",
    ]
    assert _rows(revision)[1] == ("2026-07-01", "2026-06-30T00:30:00", 12.0, None, 'x, "y"\nz', False)
    assert _rows(revision)[0][2] == 0.1


def test_a_bad_cell_is_named_by_the_row_of_the_sheet(take_in, workbook):
    source = workbook(["price"], *[[number] for number in range(15)], [None], ["n/a"])

    with pytest.raises(UnreadableSource, match=r"prices\.xlsx, row 18, column price: 'n/a'"):
        take_in(source, "prices.xlsx")


def test_a_value_outside_the_header_is_refused(take_in, workbook):
    with pytest.raises(UnreadableSource, match="row 2: column 3 holds a value"):
        take_in(workbook(["a", "b"], [1, 2, 3]), "prices.xlsx")


@pytest.mark.parametrize("rows", [[], [[None]], [["a"]]])
def test_an_empty_sheet_is_refused(take_in, workbook, rows):
    with pytest.raises(UnreadableSource):
        take_in(workbook(*rows), "prices.xlsx")


def test_a_workbook_that_unpacks_too_large_is_refused_before_reading(take_in, workbook, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_UNPACKED_BYTES", 100)

    with pytest.raises(UnreadableSource, match="unpacks to"):
        take_in(workbook(["a"], [1]), "prices.xlsx")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_workbook_is_refused(take_in, workbook, share):
    data = workbook(["a"], [1]).read_bytes()

    with pytest.raises(UnreadableSource, match="not a readable XLSX"):
        take_in(data[: int(len(data) * share)], "prices.xlsx")
