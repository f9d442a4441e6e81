"""Days on which a series should have a value, and the hours that a zone's clock skips or repeats."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from exchange.datasets.quality.declaration import Declaration

_WEEK = timedelta(days=7)
#: The library states the years it has; earlier and later ones are unknown, not free of holidays.
CHINA_YEARS = (min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year)


@dataclass(frozen=True)
class ClockChange:
    """Local times from `start` to before `end` that a clock skips in spring or shows twice in autumn."""

    start: datetime
    end: datetime
    skipped: bool


def is_working_day(day: date, declaration: Declaration) -> bool:
    """Whether a declared business calendar has the day: Monday to Friday, but for what is declared."""
    if day in declaration.working_days:
        return True
    if day in declaration.holidays:
        return False
    if declaration.kind == "china-business-days" and CHINA_YEARS[0] <= day.year <= CHINA_YEARS[1]:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def working_days(first: date, last: date, declaration: Declaration) -> Iterator[date]:
    """The working days from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if is_working_day(day, declaration):
            yield day


def clock_changes(zone: str, first: datetime, last: datetime) -> list[ClockChange]:
    """What the clock of a zone skipped and repeated between two local times."""
    place = ZoneInfo(zone)
    at = first.replace(tzinfo=UTC) - _WEEK
    end = last.replace(tzinfo=UTC) + _WEEK
    changes = []
    while at < end:
        later = at + _WEEK
        before, after = _offset(place, at), _offset(place, later)
        if before != after:
            instant = _instant_of_change(place, at, later).replace(tzinfo=None)
            low, high = sorted((instant + before, instant + after))
            if low <= last and high > first:
                changes.append(ClockChange(low, high, skipped=after > before))
        at = later
    return changes


def _instant_of_change(place: ZoneInfo, low: datetime, high: datetime) -> datetime:
    offset = _offset(place, low)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if _offset(place, middle) == offset:
            low = middle
        else:
            high = middle
    # Clocks change at whole minutes.
    return high.replace(second=0, microsecond=0)


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta()
