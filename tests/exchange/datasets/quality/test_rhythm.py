from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from exchange.datasets.engine import scratch
from exchange.datasets.quality import source
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.profile import describe_quality


def _series(times, header="at"):
    return f"{header},x\n" + "".join(f"{time},{number}\n" for number, time in enumerate(times))


def _days(first, count, *, keep=lambda day: True):
    days = (date.fromisoformat(first) + timedelta(days=number) for number in range(count))
    return [day for day in days if keep(day)]


def _is_working_day(day):
    return day.weekday() < 5


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


def _at(text):
    return datetime.fromisoformat(text)


def _hours(first, count, *, step=timedelta(hours=1)):
    return [_at(first) + number * step for number in range(count)]


def _found(profile, code):
    return next((finding for finding in profile["findings"] if finding["code"] == code), None)


class TestDeclaredCalendar:
    def test_with_holidays_an_absent_working_day_is_a_gap(self, take_in):
        days = _days("2026-01-05", 60, keep=_is_working_day)
        absent = {date(2026, 2, 17), date(2026, 2, 18), date(2026, 2, 25)}
        declaration = Declaration(holidays=frozenset({date(2026, 2, 17), date(2026, 2, 18)}))

        rhythm = take_in(
            _series([day for day in days if day not in absent]), declaration=declaration
        ).ingested.profile["time"]

        assert (rhythm["calendar"], rhythm["gaps"], rhythm["missing"]) == ("business-days", 1, 1)
        assert rhythm["first_gaps"] == [{"from": "2026-02-25", "to": "2026-02-25", "missing": 1}]

    def test_of_china_knows_the_spring_festival_and_the_shifted_saturday(self, take_in):
        """2026: holiday from 15 to 23 February; the Saturdays 14 and 28 February are working days."""
        days = _days("2026-01-05", 80, keep=chinese_calendar.is_workday)
        assert date(2026, 2, 14) in days
        assert date(2026, 2, 17) not in days

        rhythm = take_in(
            _series(days), declaration=Declaration(kind="china-business-days")
        ).ingested.profile["time"]

        assert (rhythm["calendar"], rhythm["gaps"]) == ("china-business-days", 0)
        assert rhythm["holidays_known"] == ["2004", "2026"]

    def test_of_china_misses_the_shifted_saturday_when_it_is_absent(self, take_in):
        days = _days("2026-01-05", 80, keep=chinese_calendar.is_workday)
        days.remove(date(2026, 2, 14))

        rhythm = take_in(
            _series(days), declaration=Declaration(kind="china-business-days")
        ).ingested.profile["time"]

        assert rhythm["first_gaps"] == [{"from": "2026-02-14", "to": "2026-02-14", "missing": 1}]

    def test_of_every_day_makes_weekends_gaps(self, take_in):
        days = _days("2026-01-05", 28, keep=_is_working_day)

        rhythm = take_in(_series(days), declaration=Declaration(kind="continuous")).ingested.profile["time"]

        assert (rhythm["calendar"], rhythm["gaps"], rhythm["missing"]) == ("continuous", 3, 6)

    def test_of_quarters_finds_the_absent_one(self, take_in):
        quarters = ["2024-03", "2024-06", "2024-12", "2025-12"]

        rhythm = take_in(_series(quarters), declaration=Declaration(kind="quarter")).ingested.profile[
            "time"
        ]

        assert (rhythm["step"], rhythm["gaps"], rhythm["missing"]) == ("P3M", 2, 4)

    def test_keeps_what_a_time_stands_for(self, take_in):
        declaration = Declaration(label="end", zone="Asia/Shanghai")

        rhythm = take_in(_series(_hours("2026-01-01 01:00", 30)), declaration=declaration).ingested.profile[
            "time"
        ]

        assert rhythm["declared"] == {"kind": None, "zone": "Asia/Shanghai", "label": "end"}


class TestSummerTimeOfShanghai:
    """China had summer time from 1986 to 1991; its clocks skipped 02:00 and repeated 01:00."""

    DECLARED = Declaration(zone="Asia/Shanghai")

    def test_local_hours_that_do_not_exist_are_found(self, take_in):
        profile = take_in(
            _series(_hours("1986-05-01", 24 * 10)), declaration=self.DECLARED
        ).ingested.profile

        assert profile["time"]["clock"]["skipped_present"] == 1
        assert _found(profile, "hours-that-cannot-be")["evidence"][0]["at"] == "1986-05-04T02:00:00"

    def test_an_hour_that_the_clock_skipped_is_rightly_absent(self, take_in):
        hours = [at for at in _hours("1986-05-01", 24 * 10) if at != _at("1986-05-04 02:00")]

        profile = take_in(_series(hours), declaration=self.DECLARED).ingested.profile

        assert profile["time"]["clock"]["skipped_absent"] == 1
        assert (profile["time"]["gaps"], profile["time"]["missing"]) == (0, 0)

    def test_an_hour_that_came_twice_and_stands_once_is_found(self, take_in):
        profile = take_in(
            _series(_hours("1986-09-10", 24 * 10)), declaration=self.DECLARED
        ).ingested.profile

        assert profile["time"]["clock"]["repeated_once"] == 1
        assert _found(profile, "hours-told-once")["zone"] == "Asia/Shanghai"

    def test_an_hour_that_stands_twice_is_no_double(self, take_in):
        hours = sorted([*_hours("1986-09-10", 24 * 10), _at("1986-09-14 01:00")])

        profile = take_in(_series(hours), declaration=self.DECLARED).ingested.profile

        assert profile["time"]["clock"]["repeated_twice"] == 1
        assert (profile["time"]["duplicate_rows"], _found(profile, "double-times")) == (0, None)

    def test_a_series_of_today_has_nothing_to_say(self, take_in):
        rhythm = take_in(_series(_hours("2026-01-01", 48)), declaration=self.DECLARED).ingested.profile[
            "time"
        ]

        assert rhythm["clock"] is None


class TestClockChangesWithoutAZone:
    def test_are_recognised_by_where_the_hours_are_absent_and_double(self, take_in):
        """European clocks in 2024: 02:00 is skipped on 31 March and repeated on 27 October."""
        hours = [at for at in _hours("2024-01-01", 24 * 366) if at != _at("2024-03-31 02:00")]
        hours = sorted([*hours, _at("2024-10-27 02:00")])

        profile = take_in(_series(hours)).ingested.profile

        clock = profile["time"]["clock"]
        assert (clock["zone"], clock["suspected"], clock["hits"]) == ("Europe/Berlin", True, 2)
        assert _found(profile, "clock-changes-suspected")["weight"] == "warning"

    def test_one_hole_elsewhere_is_a_gap_only(self, take_in):
        hours = [at for at in _hours("2024-01-01", 24 * 366) if at != _at("2024-06-12 02:00")]

        profile = take_in(_series(hours)).ingested.profile

        assert (profile["time"]["clock"], profile["time"]["gaps"]) == (None, 1)


class TestResolution:
    def test_that_changes_is_named_with_its_time(self, take_in):
        """European day-ahead prices went from hours to quarters of an hour on 2025-10-01."""
        hours = _hours("2025-09-20 00:00", 24 * 11)
        quarters = _hours("2025-10-01 00:00", 96 * 8, step=timedelta(minutes=15))

        profile = take_in(_series([*hours, *quarters])).ingested.profile

        rhythm = profile["time"]
        assert [part["step"] for part in rhythm["segments"]] == ["PT1H", "PT15M"]
        assert rhythm["segments"][1]["after"] == "2025-10-01T00:00:00"
        assert (rhythm["step"], rhythm["gaps"], rhythm["off_step"]) == ("PT15M", 0, 0)
        assert _found(profile, "resolution-change")["evidence"][0]["value"] == "PT1H → PT15M"

    def test_each_part_is_counted_by_its_own_step(self, take_in):
        hours = [at for at in _hours("2025-09-20 00:00", 24 * 11) if at != _at("2025-09-25 05:00")]
        quarters = _hours("2025-10-01 00:00", 96 * 8, step=timedelta(minutes=15))
        del quarters[100:102]

        rhythm = take_in(_series([*hours, *quarters])).ingested.profile["time"]

        assert (rhythm["gaps"], rhythm["missing"]) == (2, 3)
        full = {
            period["from"]: (period["rows"], period["expected"]) for period in rhythm["coverage"]["periods"]
        }
        assert full["2025-09-25"] == (23, 24)
        assert full["2025-10-02"] == (94, 96)
        assert full["2025-10-03"] == (96, 96)

    def test_a_hole_is_no_change_of_it(self, take_in):
        hours = [at for at in _hours("2025-09-20", 24 * 20) if at.hour % 6 or at.day != 25]

        assert len(take_in(_series(hours)).ingested.profile["time"]["segments"]) == 1


class TestCoverage:
    def test_counts_each_period_and_what_the_calendar_wants(self, take_in):
        hours = [at for at in _hours("2026-01-01 12:00", 24 * 5) if at.day != 3]

        coverage = take_in(_series(hours)).ingested.profile["time"]["coverage"]

        found = [(period["rows"], period["expected"]) for period in coverage["periods"]]
        assert (coverage["unit"], found) == (
            "day",
            [(12, 12), (24, 24), (0, 24), (24, 24), (24, 24), (12, 12)],
        )

    def test_of_months_is_told_by_years(self, take_in):
        months = [f"{year}-{month:02d}" for year in range(2000, 2020) for month in range(1, 13)]
        months.remove("2005-07")

        coverage = take_in(_series(months)).ingested.profile["time"]["coverage"]

        assert coverage["unit"] == "year"
        assert coverage["periods"][5] == {"from": "2005-01-01", "rows": 11, "expected": 12}

    def test_of_rows_that_share_times_expects_nothing(self, take_in):
        times = [f"2026-01-{day:02d}" for day in range(1, 20) for _ in range(5)]

        profile = take_in(_series(times)).ingested.profile

        assert profile["time"]["coverage"]["periods"][0] == {
            "from": "2026-01-01",
            "rows": 5,
            "expected": None,
        }
        assert _found(profile, "several-rows-a-time")["weight"] == "note"
        assert profile["quality"]["scores"]["consistency"] == 100


@pytest.mark.parametrize("kept_cells", [source.MOST_KEPT_CELLS, 0], ids=["kept", "read where they lie"])
def test_values_of_several_files_are_one_series(take_in, tmp_path, monkeypatch, kept_cells):
    """A revision may be stored in several files; nothing is lost, doubled or misplaced where one ends."""
    monkeypatch.setattr(source, "MOST_KEPT_CELLS", kept_cells)
    days = _days("2026-01-01", 300, keep=lambda day: day.day != 13)
    # A late start, a hole, an outlier, a changed unit and a broken rule, some of them in each file.
    lines = [
        f"{day},{'' if number in {0, 150} else number % 7 + 100 * (number == 40)},"
        f"{(number % 7 + 10) * (1000 if number >= 200 else 1)}\n"
        for number, day in enumerate(days)
    ]
    whole = take_in("day,x,y\n" + "".join(lines))
    declaration = Declaration.from_json({"rules": [{"kind": "range", "column": "y", "max": "15500"}]})
    paths = [tmp_path / f"part-{number}.parquet" for number in range(3)]
    with scratch(tmp_path) as work:
        for path, where in zip(paths, ("0 AND 99", "100 AND 101", "102 AND 999"), strict=True):
            work.connection.execute(
                f"COPY (SELECT * FROM read_parquet('{whole.parquet}')"
                f" WHERE file_row_number BETWEEN {where}) TO '{path}'"
            )
        profile = describe_quality(work, paths, whole.schema, declaration=declaration)
        expected = describe_quality(work, whole.parquet, whole.schema, declaration=declaration)

    assert profile == expected
    assert profile["time"] == whole.ingested.profile["time"]
    assert profile["columns"][1]["holes"]["first"] == [days[150].isoformat()]
    assert profile["columns"][1]["outliers"]["first"] == [{"at": days[40].isoformat(), "value": "105"}]
    (jump,) = (finding for finding in profile["findings"] if finding["code"] == "unit-jump")
    assert jump["evidence"][0]["at"] == days[200].isoformat()
    assert profile["rules"][0]["first"][0]["row"] == 1 + 202
