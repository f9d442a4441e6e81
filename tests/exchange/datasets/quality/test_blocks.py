"""Moments put together from blocks are those of all rows."""

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.datasets.engine import counting, scratch
from exchange.datasets.quality.blocks import measure_blocks, moments_of
from exchange.datasets.quality.numbers import Table
from exchange.datasets.quality.source import opened_rows
from exchange.datasets.schema import Field, Schema

_FIELD = Field("x", "number", None, nullable=True)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with scratch(tmp_path_factory.mktemp("blocks")) as opened:
        yield opened


def moments(work, values, block_rows=3):
    filled = [value for value in values if value is not None]
    path = work.folder / "values.parquet"
    work.connection.execute(
        f"COPY (SELECT CAST(unnest(?) AS DOUBLE) AS x) TO '{path}' (FORMAT parquet)", [values]
    )
    extremes = {"x": (min(filled), max(filled))}
    with counting(work) as connection, opened_rows(connection, path, ["x"]) as rows:
        table = Table(connection, Schema((_FIELD,), None), rows)
        blocks = measure_blocks(table, [_FIELD], extremes, block_rows)["x"]
    return moments_of(blocks, *extremes["x"])


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.none() | st.floats(-1e6, 1e6, width=32), min_size=2, max_size=40).filter(
        lambda values: sum(value is not None for value in values) > 1
    )
)
def test_whatever_the_values_and_the_holes(work, values):
    filled = [value for value in values if value is not None]

    found = moments(work, values)

    assert found.mean == pytest.approx(statistics.fmean(filled), rel=1e-9, abs=1e-9)
    assert found.deviation == pytest.approx(statistics.stdev(filled), rel=1e-6, abs=1e-6)
    assert (found.zeros, found.negatives) == (filled.count(0), sum(value < 0 for value in filled))


def test_one_value_many_times_does_not_vary(work):
    found = moments(work, [0.1] * 1000, block_rows=7)

    assert (found.mean, found.deviation) == (0.1, 0.0)


def test_a_single_value_has_no_deviation(work):
    assert moments(work, [None, 4.0]).deviation is None


def test_values_whose_squares_are_no_doubles_have_no_moments(work):
    found = moments(work, [1e200, -1e200, 0.0])

    assert (found.mean, found.deviation, found.zeros, found.negatives) == (None, None, 1, 1)


def test_values_whose_squares_just_are_have_them(work):
    values = [9e149, -9e149] * 300

    assert moments(work, values).deviation == pytest.approx(9e149, rel=1e-2)
