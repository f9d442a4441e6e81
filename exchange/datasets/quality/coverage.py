"""How full each period of a series is: what a coverage strip shows."""

import calendar
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from exchange.datasets.engine import identifier
from exchange.datasets.quality.calendars import working_days
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.segments import Segment
from exchange.datasets.quality.source import ROWS
from exchange.datasets.quality.steps import DAY_US, Times

#: More periods than a strip has room for are drawn as the next longer ones.
MOST_PERIODS = 80
_EPOCH = date(1970, 1, 1)
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def describe_coverage(
    times: Times, described: dict[str, Any], segments: Sequence[Segment], declaration: Declaration
) -> dict[str, Any]:
    """Count the rows of each day, month, year or decade, and how many the calendar wants there.

    `expected` is None where the calendar is irregular or several rows share a time.
    """
    first_us, last_us = _instant_us(times.first), _instant_us(times.last)
    first, last = _day(first_us), _day(last_us)
    unit = next(
        (name for name, days in _UNITS.items() if (last - first).days <= days * MOST_PERIODS), "century"
    )
    starts = _starts(unit, first, last)
    wanted = _wanted(times, described, segments, declaration)
    # In a series without any departure the calendar itself says how many rows there are.
    is_whole = wanted is not None and not any(described[name] for name in _DEPARTURES)
    found = {} if is_whole else _counts(times, unit)
    ends = [*starts[1:], last + timedelta(days=1)]
    periods = []
    for start, end in zip(starts, ends, strict=True):
        low = max(_us(start), first_us)
        high = min(_us(end) - 1, last_us)
        expected = None if wanted is None else wanted(low, high)
        rows = expected if is_whole else found.get(start, 0)
        periods.append({"from": start.isoformat(), "rows": rows, "expected": expected})
    return {"unit": unit, "periods": periods}


_DEPARTURES = ("missing", "off_step", "duplicate_rows", "missing_business_days", "beyond_calendar", "clock")
#: The shortest period first, each with its usual days.
_UNITS = {"day": 1, "month": 30, "year": 365, "decade": 3652}


def _counts(times: Times, unit: str) -> dict[date, int]:
    column = identifier(times.field.name)
    rows = times.connection.execute(
        f"SELECT CAST(date_trunc('{unit}', {column}) AS DATE), count(*) FROM {ROWS} GROUP BY 1",  # noqa: S608
    ).fetchall()
    return {start: int(count) for start, count in rows}


def _starts(unit: str, first: date, last: date) -> list[date]:
    years = {"decade": 10, "century": 100}.get(unit, 1)
    if unit == "day":
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if unit == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [date(month // 12, month % 12 + 1, 1) for month in months]
    begin = first.year // years * years
    return [date(year, 1, 1) for year in range(begin, last.year + 1, years)]


def _wanted(
    times: Times, described: dict[str, Any], segments: Sequence[Segment], declaration: Declaration
) -> Callable[[int, int], int] | None:
    """How many times the calendar has between two instants, both included."""
    if not segments or described["duplicate_rows"] > times.rows // 2:
        return None
    if described["calendar"].endswith("business-days"):
        return lambda low, high: sum(1 for _ in working_days(_day(low), _day(high), declaration))
    if any(segment.step < 0 for segment in segments):
        return _wanted_months(segments, times.first.date()) if len(segments) == 1 else None
    starts = [_instant_us(times.first), *(segment.until_us or 0 for segment in segments[:-1])]
    return lambda low, high: sum(
        _grid(segment, start, low, high) for segment, start in zip(segments, starts, strict=True)
    )


def _grid(segment: Segment, start: int, low: int, high: int) -> int:
    """Points of one segment's grid, which is anchored at its first time, between two instants."""
    # The point at the anchor belongs to the segment before.
    low = max(low, start if segment.after_us is None else start + 1)
    if segment.until_us is not None:
        high = min(high, segment.until_us)
    if high < low:
        return 0
    return (high - start) // segment.step - (low - start - 1) // segment.step


def _wanted_months(segments: Sequence[Segment], first: date) -> Callable[[int, int], int]:
    size, anchor = -segments[0].step, first.year * 12 + first.month

    def count(low: int, high: int) -> int:
        from_day, to_day = _day(low), _day(high)
        start = from_day.year * 12 + from_day.month
        # A month whose value stands at its end is not complete before that day.
        end = to_day.year * 12 + to_day.month
        if to_day.day < min(first.day, calendar.monthrange(to_day.year, to_day.month)[1]):
            end -= 1
        return max(0, (end - anchor) // size - (start - anchor - 1) // size)

    return count


def _day(at_us: int) -> date:
    return _EPOCH + timedelta(days=at_us // DAY_US)


def _instant_us(at: datetime) -> int:
    return (at.replace(tzinfo=UTC) - _EPOCH_START) // timedelta(microseconds=1)


def _us(day: date) -> int:
    return (day - _EPOCH).days * DAY_US
