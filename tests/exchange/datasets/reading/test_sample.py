import pytest

from exchange.datasets.errors import UnknownColumn
from exchange.datasets.reading.sample import chart_points, sample_points, sample_rows, spread_rows


def test_a_sample_is_the_first_rows_and_rows_spread_over_the_rest(quarter_hours):
    sample = quarter_hours.ingested.sample

    assert len(sample) == 96
    assert sample[:2] == [["2026-01-01T00:00:00", None, "row 0"], ["2026-01-01T00:15:00", "0.125", "row 1"]]
    assert [row[2] for row in sample[22:26]] == ["row 22", "row 23", "row 24", "row 164"]
    assert sample[-1] == [quarter_hours.ingested.time_to, "1250.0", "row 10000"]


def test_a_sample_is_the_same_every_time(quarter_hours):
    assert sample_rows(quarter_hours.parquet, quarter_hours.schema) == quarter_hours.ingested.sample


def test_a_sample_of_few_rows_is_all_of_them(take_in):
    assert [row[1] for row in take_in("day,x\n2026-01-01,1\n2026-01-02,\n").ingested.sample] == ["1", None]


def test_a_sample_of_several_files_is_spread_over_all_of_them(take_in):
    first, second = (take_in("n,x\n" + "".join(f"{n},{n}\n" for n in range(a, a + 200))) for a in (0, 200))

    sample = sample_rows([first.parquet, second.parquet], first.schema)

    places = [int(row[0]) for row in sample]
    assert (len(places), places[0], places[-1]) == (96, 0, 399)
    assert places == sorted(set(places))


def test_a_sample_of_very_many_columns_has_fewer_rows(take_in):
    names = ",".join(f"c{n}" for n in range(1000))
    lines = [",".join(["1"] * 1000)] * 100

    assert len(take_in("\n".join([names, *lines])).ingested.sample) == 20


def test_a_long_text_is_cut_in_a_sample(take_in):
    ((cell,),) = take_in(f"remark\n{'x' * 500}y\n").ingested.sample

    assert cell == "x" * 200 + "…"


def test_a_picture_is_drawn_from_the_spread_rows(quarter_hours, take_in):
    few = take_in("day,x\n2026-01-01,1\n2026-01-02,\n").ingested.sample

    assert spread_rows(quarter_hours.ingested.sample, 3) == quarter_hours.ingested.sample[24:]
    assert spread_rows(few, 2) == few


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
