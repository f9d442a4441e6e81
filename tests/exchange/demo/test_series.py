import csv
import hashlib
from datetime import datetime
from itertools import pairwise
from statistics import correlation, fmean

import pytest

from exchange.datasets.ingest.revision import ingest
from exchange.demo.series import SERIES, SeriesUnknown, write_series


@pytest.fixture
def series(tmp_path):
    """Write a series and read it back as columns."""

    def write(kind, rows, seed=7):
        path = tmp_path / f"{kind}.csv"
        write_series(kind, path, rows=rows, seed=seed)
        with path.open(newline="") as stream:
            header, *lines = csv.reader(stream)
        times = [line[0] for line in lines]
        return times, {name: [float(line[at]) for line in lines] for at, name in enumerate(header) if at}

    return write


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("transformer_load", "d3af85ef363aef55"),
        ("photovoltaic_output", "a7b150fafd034c28"),
        ("materials_price", "064a4e74d1b044db"),
    ],
)
def test_kind_rows_and_seed_give_the_same_bytes_everywhere(tmp_path, kind, digest):
    path = tmp_path / "series.csv"

    write_series(kind, path, rows=3_000, seed=42)

    assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize("kind", SERIES)
def test_another_seed_gives_another_series_and_a_longer_one_begins_alike(tmp_path, kind):
    for name, rows, seed in (("a", 500, 1), ("b", 500, 2), ("c", 900, 1)):
        write_series(kind, tmp_path / name, rows=rows, seed=seed)

    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()
    assert (tmp_path / "c").read_text().startswith((tmp_path / "a").read_text())


@pytest.mark.parametrize(
    ("kind", "step", "calendar"),
    [
        ("transformer_load", "PT15M", "continuous"),
        ("photovoltaic_output", "PT15M", "continuous"),
        ("materials_price", "P1D", "business-days"),
    ],
)
def test_a_series_is_a_clean_upload_with_units(tmp_path, kind, step, calendar):
    write_series(kind, tmp_path / "up.csv", rows=1_000, seed=1)

    ingested = ingest(
        tmp_path / "up.csv", name="up.csv", target=tmp_path / "r.parquet", temp=tmp_path / "temp"
    )

    rhythm = ingested.profile["time"]
    assert (ingested.rows, rhythm["step"], rhythm["calendar"], rhythm["gaps"]) == (1_000, step, calendar, 0)
    assert all(field.unit for field in ingested.schema.fields[1:])


def test_every_series_says_that_it_is_synthetic():
    for kind in SERIES.values():
        assert kind.synthetic
        assert "合成" in kind.title_zh
        assert "synthetic" in kind.title_en


def test_load_peaks_in_the_evening_and_rests_at_night_and_on_sunday(series):
    times, columns = series("transformer_load", 8 * 7 * 96)
    load = columns["active_power_kw"]

    def mean(keep):
        return fmean(
            value for time, value in zip(times, load, strict=True) if keep(datetime.fromisoformat(time))
        )

    assert (
        mean(lambda time: time.hour == 19)
        > mean(lambda time: time.hour == 14)
        > mean(lambda time: time.hour == 3)
    )
    assert mean(lambda time: time.hour == 11) > mean(lambda time: time.hour == 14)
    assert mean(lambda time: time.weekday() == 2) > mean(lambda time: time.weekday() == 6)


def test_the_sun_is_down_at_night_and_longer_in_winter(series):
    times, columns = series("photovoltaic_output", 200 * 96)
    output = columns["output_mw"]

    lit = [sum(value > 0 for value in output[day * 96 : day * 96 + 96]) for day in (0, 171)]

    assert all(
        value == 0
        for time, value in zip(times, output, strict=True)
        if time[11:13] in {"22", "23", "00", "03"}
    )
    assert lit[0] / 4 == pytest.approx(10.1, abs=0.6)
    assert lit[1] / 4 == pytest.approx(14.1, abs=0.6)
    assert max(output) <= 50


def test_prices_stay_near_their_level_and_move_together(series):
    _, columns = series("materials_price", 5_000)
    returns = [[later / earlier - 1 for earlier, later in pairwise(prices)] for prices in columns.values()]

    assert all(
        min(prices) / fmean(prices) > 0.5 and max(prices) / fmean(prices) < 2 for prices in columns.values()
    )
    assert 0.3 < correlation(returns[0], returns[1]) < 0.95


@pytest.mark.parametrize(("kind", "rows"), [("tides", 10), ("materials_price", 0)])
def test_an_unknown_series_or_length_is_refused(tmp_path, kind, rows):
    with pytest.raises(SeriesUnknown):
        write_series(kind, tmp_path / "x.csv", rows=rows, seed=1)

    assert not list(tmp_path.iterdir())
