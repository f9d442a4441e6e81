from datetime import date, timedelta

import pytest

from exchange.core.canonical import to_bytes
from exchange.datasets.schema import Schema


def _series(times, header="at"):
    return f"{header},x\n" + "".join(f"{time},{number}\n" for number, time in enumerate(times))


def _days(first, count, *, keep=lambda day: True):
    days = (date.fromisoformat(first) + timedelta(days=number) for number in range(count))
    return [day for day in days if keep(day)]


def _is_working_day(day):
    return day.weekday() < 5


def test_columns_are_counted_over_all_rows(take_in):
    profile = take_in("day,price,name\n2026-01-01,-3.5,b\n2026-01-02,,a\n2026-01-03,2,a\n").ingested.profile

    assert profile["rows"] == 3
    assert profile["columns"][1:] == [
        {"name": "price", "nulls": 1, "distinct": 2, "min": "-3.5", "max": "2.0"},
        {"name": "name", "nulls": 0, "distinct": 2, "min": "a", "max": "b"},
    ]


def test_a_profile_has_canonical_bytes(quarter_hours):
    assert to_bytes(quarter_hours.ingested.profile)
    assert to_bytes(quarter_hours.ingested.sample)
    assert Schema.from_json(quarter_hours.schema.to_json()) == quarter_hours.schema


def test_a_column_without_values_has_no_extremes(take_in):
    column = take_in("day,price\n2026-01-01,\n").ingested.profile["columns"][1]

    assert column == {"name": "price", "nulls": 1, "distinct": 0, "min": None, "max": None}


@pytest.mark.parametrize(
    ("times", "step"),
    [
        ([f"2026-01-01 {hour:02d}:00:00" for hour in range(24)], "PT1H"),
        ([f"2026-01-01 00:{minute:02d}:00" for minute in (0, 15, 30, 45)], "PT15M"),
        ([f"2026-01-01 00:00:{second:02d}" for second in range(5)], "PT1S"),
        (["2026-01-01 00:00:00", "2026-01-01 00:00:00.25", "2026-01-01 00:00:00.5"], "PT0.25S"),
        (_days("2026-01-01", 30), "P1D"),
        (_days("2026-01-01", 60, keep=lambda day: day.weekday() == 3), "P7D"),
        ([f"2026-{month:02d}" for month in range(1, 13)], "P1M"),
        ([f"2026-{month:02d}-01" for month in range(1, 13)], "P1M"),
        (["2025-03", "2025-06", "2025-09", "2025-12"], "P3M"),
        (["2020-12-31", "2021-12-31", "2022-12-31"], "P1Y"),
    ],
)
def test_the_regular_step_is_found_and_has_no_gaps(take_in, times, step):
    rhythm = take_in(_series(times)).ingested.profile["time"]

    assert (rhythm["step"], rhythm["gaps"], rhythm["calendar"]) == (step, 0, "continuous")


def test_gaps_are_counted_and_the_first_are_listed(take_in):
    hours = [f"2026-01-01T{hour:02d}:00:00" for hour in range(24) if hour not in {5, 6, 20}]

    rhythm = take_in(_series(hours)).ingested.profile["time"]

    assert (rhythm["gaps"], rhythm["missing"], rhythm["off_step"]) == (2, 3, 0)
    assert rhythm["first_gaps"][0] == {
        "after": "2026-01-01T04:00:00",
        "before": "2026-01-01T07:00:00",
        "missing": 2,
    }


def test_weekends_are_no_gaps_in_a_business_day_series(take_in):
    rhythm = take_in(_series(_days("2026-01-05", 60, keep=_is_working_day))).ingested.profile["time"]

    assert (rhythm["calendar"], rhythm["gaps"], rhythm["missing_business_days"]) == ("business-days", 0, 0)


def test_holidays_on_working_days_are_reported_and_are_no_gaps(take_in):
    holidays = {date(2026, 2, 17), date(2026, 2, 18)}
    days = _days("2026-01-05", 60, keep=lambda day: _is_working_day(day) and day not in holidays)

    rhythm = take_in(_series(days)).ingested.profile["time"]

    assert (rhythm["gaps"], rhythm["missing_business_days"]) == (0, 2)


def test_a_shifted_working_saturday_keeps_the_business_calendar(take_in):
    days = _days("2026-01-05", 60, keep=lambda day: _is_working_day(day) or day == date(2026, 2, 14))

    rhythm = take_in(_series(days)).ingested.profile["time"]

    assert (rhythm["calendar"], rhythm["missing_business_days"]) == ("business-days", 0)


def test_a_daily_series_with_weekends_has_gaps(take_in):
    rhythm = take_in(_series(_days("2026-01-01", 30, keep=lambda day: day.day != 10))).ingested.profile[
        "time"
    ]

    assert (rhythm["calendar"], rhythm["gaps"]) == ("continuous", 1)


def test_rows_of_one_time_are_counted_as_duplicates(take_in):
    rhythm = take_in(_series(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-01"])).ingested.profile[
        "time"
    ]

    assert rhythm["duplicate_rows"] == 2


@pytest.mark.parametrize(
    "times", [["2026-01-01"], ["2026-01-01", "2026-01-02", "2026-01-09", "2026-01-30"]]
)
def test_without_a_common_step_nothing_is_missing(take_in, times):
    rhythm = take_in(_series(times)).ingested.profile["time"]

    assert (rhythm["calendar"], rhythm["step"], rhythm["gaps"]) == ("irregular", None, 0)


def test_without_a_time_there_is_no_rhythm(take_in):
    assert take_in("bus,x\na,1\n").ingested.profile["time"] is None
