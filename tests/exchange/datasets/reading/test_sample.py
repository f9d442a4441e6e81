import pytest

from exchange.datasets.errors import UnknownColumn
from exchange.datasets.reading.sample import chart_points, sample_points


def test_a_sample_is_the_first_96_rows_as_text(quarter_hours):
    sample = quarter_hours.ingested.sample

    assert len(sample) == 96
    assert sample[:2] == [["2026-01-01T00:00:00", None, "row 0"], ["2026-01-01T00:15:00", "0.125", "row 1"]]


def test_chart_points_span_the_whole_range_evenly(quarter_hours):
    points = chart_points(quarter_hours.parquet, quarter_hours.schema, "active_power_kw", limit=101)

    assert len(points) == 101
    assert points[1] == ("2026-01-02T01:00:00", 12.5)
    assert points[-1] == (quarter_hours.ingested.time_to, 1250.0)


def test_a_short_series_is_drawn_whole(take_in):
    revision = take_in("day,x\n2026-01-01,1\n2026-01-02,\n")

    assert chart_points(revision.parquet, revision.schema, "x") == [
        ("2026-01-01", 1.0),
        ("2026-01-02", None),
    ]


def test_without_a_time_the_row_number_stands_for_it(take_in):
    revision = take_in("bus,x\na,1\nb,2\n")

    assert chart_points(revision.parquet, revision.schema, "x") == [("0", 1.0), ("1", 2.0)]
    assert sample_points(revision.ingested.sample, revision.schema, "x") == [("0", 1.0), ("1", 2.0)]


def test_a_public_picture_is_drawn_from_the_sample_and_leaves_masked_cells_out(take_in):
    revision = take_in("day,x\n2026-01-01,1\n2026-01-02,2\n")
    masked = [revision.ingested.sample[0], ["2026-01-02", "***"]]

    assert sample_points(masked, revision.schema, "x") == [("2026-01-01", 1.0), ("2026-01-02", None)]


@pytest.mark.parametrize("column", ["remark", "absent"])
def test_only_numbers_are_drawn(quarter_hours, column):
    with pytest.raises(UnknownColumn, match=column):
        chart_points(quarter_hours.parquet, quarter_hours.schema, column)
