"""The rhythm of a time series: its step, the calendar it keeps, and where it departs from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange.datasets.engine import delivered_sql, identifier
from exchange.datasets.quality.calendars import CHINA_YEARS, working_days
from exchange.datasets.quality.clock import describe_clock
from exchange.datasets.quality.coverage import describe_coverage
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.segments import Segment, find_segments
from exchange.datasets.quality.source import ROWS
from exchange.datasets.quality.steps import DAY_US, Times, step_text

LISTED = 10
# Every day of the week gives 29 %; a shifted working Saturday now and then stays below.
_MOST_WEEKEND_PERCENT = 5
_DECLARED_STEPS = {"month": -1, "quarter": -3, "year": -12}
_BUSINESS = frozenset({"business-days", "china-business-days"})


@dataclass(frozen=True)
class Days:
    """A daily series against its working days."""

    missing: list[date]
    beyond: int
    #: Whether holidays are known, so that an absent day is a gap and not perhaps a holiday.
    known: bool


def describe_rhythm(times: Times, declaration: Declaration) -> dict[str, Any]:
    """Find the regular step, or take the declared one, and count what departs from it.

    `gaps` are holes in the calendar, `missing` the values that would fill them, `off_step` steps that
    are no multiple of the regular one, `duplicate_rows` rows whose time an earlier row has. In a daily
    series without weekends the calendar is `business-days`: weekends are no gaps, and other absent
    working days are `missing_business_days`, since holidays differ by market; they are gaps only when the
    holidays are declared. Where the step changes for good there are several `segments`, each counted by its
    own step. Without a step that most rows keep the calendar is `irregular` and nothing is missing.
    """
    segments = _declared_segments(times, declaration) or find_segments(times)
    described = _head(times, declaration, segments) | _doubles(times)
    days = _business_days(times, declaration, segments)
    if days is not None:
        described |= _against_days(times, days, declaration)
    elif segments:
        described |= _against_steps(times, segments)
    described["clock"] = describe_clock(times, declaration, described, segments)
    _forgive_clock(described)
    described["coverage"] = describe_coverage(times, described, segments, declaration)
    return described


def _forgive_clock(described: dict[str, Any]) -> None:
    """What a declared zone's clock skips is no gap, and what it shows twice is no double."""
    clock = described["clock"]
    if clock is None or clock["suspected"]:
        return
    described["gaps"] -= clock["rightly_absent_gaps"]
    described["missing"] -= clock["rightly_absent_rows"]
    described["duplicate_rows"] -= clock["rightly_double_rows"]
    absent = {change["until"] for change in clock["first"] if change["found"] == "skipped_absent"}
    doubled = [
        (change["at"], change["until"]) for change in clock["first"] if change["found"] == "repeated_twice"
    ]
    described["first_gaps"] = [gap for gap in described["first_gaps"] if gap["before"] not in absent]
    described["first_doubles"] = [
        double
        for double in described["first_doubles"]
        if not any(low <= double["at"] < high for low, high in doubled)
    ]


def _declared_segments(times: Times, declaration: Declaration) -> list[Segment]:
    step = _DECLARED_STEPS.get(declaration.kind or "")
    if step is None and declaration.kind in _BUSINESS:
        step = DAY_US
    if step is None:
        return []
    find_segments(times)  # also counts the steps, which the doubles are read from
    return [Segment(step)]


def _head(times: Times, declaration: Declaration, segments: Sequence[Segment]) -> dict[str, Any]:
    steps = [step_text(segment.step) for segment in segments]
    return {
        "field": times.field.name,
        "zone": times.field.zone,
        "declared": {"kind": declaration.kind, "zone": declaration.zone, "label": declaration.label},
        "calendar": "continuous" if segments else "irregular",
        # The newest one is what a buyer will receive.
        "step": steps[-1] if steps else None,
        "segments": [
            {"step": step, "after": times.text(segment.after_us), "until": times.text(segment.until_us)}
            for step, segment in zip(steps, segments, strict=True)
        ],
        "gaps": 0,
        "missing": 0,
        "off_step": 0,
        "missing_business_days": 0,
        "first_gaps": [],
        "holidays_known": None,
        "beyond_calendar": 0,
    }


def _doubles(times: Times) -> dict[str, Any]:
    (rows,) = times.connection.execute(
        "SELECT coalesce(sum(rows), 0) FROM step_counts WHERE step = 0"
    ).fetchone() or (0,)
    listed = []
    if 0 < rows <= times.rows // 2:
        listed = times.connection.execute(
            f"SELECT {delivered_sql(times.field, 't')}, count(*) + 1 FROM ({times.stepped_sql})"  # noqa: S608
            f" WHERE us = 0 GROUP BY t ORDER BY t LIMIT {LISTED}",
        ).fetchall()
    return {
        "duplicate_rows": int(rows),
        "first_doubles": [{"at": at, "rows": count} for at, count in listed],
    }


def _business_days(times: Times, declaration: Declaration, segments: Sequence[Segment]) -> Days | None:
    """None when the series does not keep working days."""
    if [segment.step for segment in segments] != [DAY_US] or declaration.kind == "continuous":
        return None
    column = identifier(times.field.name)
    found = times.connection.execute(
        f"SELECT DISTINCT CAST({column} AS DATE) FROM {ROWS} ORDER BY 1",  # noqa: S608
    ).fetchall()
    present = {row[0] for row in found}
    first, last = found[0][0], found[-1][0]
    weekend = sum(day.weekday() > 4 for day in present)
    # Monday to Friday of one week shows nothing about weekends.
    keeps = weekend * 100 < len(present) * _MOST_WEEKEND_PERCENT and (last - first).days >= 7
    if declaration.kind not in _BUSINESS and not keeps:
        return None
    expected = set(working_days(first, last, declaration))
    known = bool(declaration.holidays) or declaration.kind == "china-business-days"
    return Days(sorted(expected - present), len(present - expected), known)


def _against_days(times: Times, days: Days, declaration: Declaration) -> dict[str, Any]:
    runs = _day_runs(days.missing)
    (off,) = times.connection.execute(
        f"SELECT coalesce(sum(rows), 0) FROM step_counts WHERE step % {DAY_US} <> 0 AND step > 0"  # noqa: S608
    ).fetchone() or (0,)
    china = declaration.kind == "china-business-days"
    return {
        "calendar": "business-days" if declaration.kind is None else declaration.kind,
        "gaps": len(runs) if days.known else 0,
        "missing": len(days.missing) if days.known else 0,
        "missing_business_days": len(days.missing),
        "off_step": int(off),
        "first_gaps": [
            {"from": run[0].isoformat(), "to": run[-1].isoformat(), "missing": len(run)}
            for run in runs[:LISTED]
        ],
        "holidays_known": [str(year) for year in CHINA_YEARS] if china else [] if days.known else None,
        "beyond_calendar": days.beyond if days.known else 0,
    }


def _day_runs(days: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _against_steps(times: Times, segments: Sequence[Segment]) -> dict[str, Any]:
    _load_departures(times, segments)
    gaps, missing, off_step = times.connection.execute(
        "SELECT count(*) FILTER (missing > 0), coalesce(sum(missing), 0), count(*) FILTER (off) FROM departures"
    ).fetchone() or (0, 0, 0)
    listed = times.connection.execute(
        f"SELECT {delivered_sql(times.field, 'earlier')}, {delivered_sql(times.field, 't')}, missing"  # noqa: S608
        f" FROM departures WHERE missing > 0 ORDER BY t LIMIT {LISTED}"
    ).fetchall()
    first = [{"after": after, "before": before, "missing": int(count)} for after, before, count in listed]
    return {"gaps": gaps, "missing": int(missing), "off_step": off_step, "first_gaps": first}


def _load_departures(times: Times, segments: Sequence[Segment]) -> None:
    """Keep the steps that are not the regular one of their segment in a temporary table."""
    size = _by_segment(segments, [str(abs(segment.step)) for segment in segments])
    unit = _by_segment(segments, ["months" if segment.step < 0 else "us" for segment in segments])
    regular = _by_segment(segments, [str(segment.step) for segment in segments])
    # The steps are counted already: where every one is the regular one, no row need be read again.
    limit = "" if _departs(times, segments) else " LIMIT 0"
    times.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE departures AS
        SELECT t, earlier, us, greatest({unit} // {size} - 1, 0) AS missing, {unit} % {size} <> 0 AS off
        FROM ({times.stepped_sql}{limit}) WHERE step <> 0 AND step <> {regular}
        """,  # noqa: S608 - integers and names of ours
    )


def _departs(times: Times, segments: Sequence[Segment]) -> bool:
    (others,) = times.connection.execute(
        "SELECT count(*) FROM step_counts WHERE step <> 0 AND step <> ?", [segments[0].step]
    ).fetchone() or (0,)
    return len(segments) > 1 or others > 0


def _by_segment(segments: Sequence[Segment], values: Sequence[str]) -> str:
    """An expression that gives each row the value of its segment."""
    if len(set(values)) == 1:
        return values[0]
    cases = " ".join(
        f"WHEN epoch_us(t) <= {segment.until_us} THEN {value}"
        for segment, value in zip(segments[:-1], values[:-1], strict=True)
    )
    return f"(CASE {cases} ELSE {values[-1]} END)"
