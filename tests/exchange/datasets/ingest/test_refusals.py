"""Each unreadable upload is refused with a sentence that names the file, the place and the remedy."""

import pytest

from exchange.datasets.errors import UnreadableSource

GOOD = "".join(f"2026-01-{day:02d},{day}.5\n" for day in range(1, 21))


def refusal(take_in, content, name="prices.csv", **options):
    with pytest.raises(UnreadableSource) as caught:
        take_in(content, name, **options)
    assert name in caught.value.detail
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("day,price\n", "no rows"),
        ("\n\n", "does not begin with column names"),
        (
            "2026-01-01,12.5\n2026-01-02,12.6\n",
            "has no header: its first row holds values such as 2026-01-01",
        ),
        ("day,Day\n1,2\n", "the name of column 2 (Day) is there twice"),
        ("day,,x\n1,2,3\n", "the name of column 2 is empty"),
        ("day,file_row_number\n1,2\n", "reserved"),
        ("a\x07,b\n1,2\n", "control characters"),
        ("a,b\n1,2\n1,2,3\n", "line 3: 3 cells under 2 column names"),
        ("a,b\n1,2\n\n1\n", "line 4: 1 cells under 2 column names"),
        ('a,b\n1,"2\n', "line 2"),
        ('a,b\n1,"x" y\n', "line 2"),
        ("day,price\n" + "2026-01-01,1\n" * 3 + "\x00", "zero bytes"),
        ("day,price\n1,2\n".encode("utf-16-le"), "zero bytes"),
        (b"day,price\n1,\xff\xff\n", "neither UTF-8 nor GB18030"),
        (
            ",".join(f"c{i}" for i in range(1601)) + "\n" + ",".join("1" * 1601),
            "1601 columns; the limit is 1600",
        ),
    ],
)
def test_a_malformed_csv_is_refused(take_in, content, says):
    assert says in refusal(take_in, content).detail


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("2026-01-21,n/a", "price"),
        ("2026-01-21,NaN", "price"),
        ("2026-02-30,1.5", "day"),
        ("21.01.2026,1.5", "day"),
    ],
)
def test_a_bad_cell_is_named_by_place_column_value_and_rule(take_in, cell, column):
    error = refusal(take_in, f"day,price\n{GOOD}\n{cell}\n")

    bad = cell.split(",")[["day", "price"].index(column)]
    assert error.detail.startswith(f"prices.csv, line 23, column {column}: {bad!r} is not a")
    assert (error.field, error.context["value"]) == (column, bad)


def test_a_bad_cell_far_down_is_found(take_in):
    lines = "".join(f"{row}\n" for row in range(20_000))

    assert "line 20002, column count: 'x'" in refusal(take_in, f"count\n{lines}x\n").detail


def test_one_odd_cell_in_two_makes_a_text_column_not_a_fault(take_in):
    assert take_in("code\n1001\nA1\n").schema.fields[0].type == "text"


@pytest.mark.parametrize("name", ["prices.xls", "prices.json", "prices"])
def test_an_unknown_format_is_refused_by_its_name(take_in, name):
    assert "none of the formats" in refusal(take_in, "day,price\n1,2\n", name).detail


@pytest.mark.parametrize("name", ["prices.xlsx", "prices.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_refused(take_in, name):
    assert "not a readable" in refusal(take_in, "day,price\n1,2\n", name).detail


def test_a_text_column_that_is_not_there_is_named(take_in):
    assert refusal(take_in, "a\n1\n", text_columns={"code"}).field == "code"
