"""The published series beside the project keep their counts; collected only where they lie there."""

from pathlib import Path

import pytest

from exchange.datasets.reading.sample import chart_points

_FOLDER = Path(__file__).resolve().parents[5] / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "rows", "nulls", "step", "calendar", "span"),
    [
        ("ETTh1.csv", 17_420, 0, "PT1H", "continuous", ("2016-07-01T00:00:00", "2018-06-26T19:00:00")),
        ("brent-daily.csv", 9_958, 0, "P1D", "business-days", ("1987-05-20", "2026-08-18")),
        ("henry-hub-natural-gas-daily.csv", 7_437, 1, "P1D", "business-days", ("1997-01-07", "2026-08-18")),
        ("world-bank-commodity-prices-monthly.csv", 798, 612, "P1M", "continuous", ("1960-01", "2026-06")),
    ],
)
def test_a_published_series_is_read_as_its_publisher_describes_it(
    take_in, name, rows, nulls, step, calendar, span
):
    revision = take_in(_FOLDER / name, name)
    ingested = revision.ingested
    rhythm = ingested.profile["time"]

    assert (ingested.rows, sum(column["nulls"] for column in ingested.profile["columns"])) == (rows, nulls)
    assert (rhythm["step"], rhythm["calendar"], rhythm["gaps"], rhythm["duplicate_rows"]) == (
        step,
        calendar,
        0,
        0,
    )
    assert (ingested.time_from, ingested.time_to) == span
    assert len(chart_points(revision.parquet, revision.schema, revision.schema.names[1])) == 192


def test_units_stand_in_the_names_of_the_monthly_prices(take_in):
    name = "world-bank-commodity-prices-monthly.csv"
    schema = take_in(_FOLDER / name, name).schema

    assert schema.time.type == "month"
    assert {field.unit for field in schema.fields[1:]} == {"USD/bbl", "USD/t", "USD/dmt", "USD/MMBtu"}
