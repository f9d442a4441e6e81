"""Instants and billing periods; only the edges ask what time it is, everything below is told."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exchange.core.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def to_millis(instant: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC, without going through a float."""
    delta = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_millis(millis: int) -> datetime:
    """The instant of `to_millis`."""
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)


def to_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the form of every instant that leaves the service."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class Period:
    """A calendar month in Asia/Shanghai, half open; instants are UTC."""

    key: str
    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def period_of(instant: datetime) -> Period:
    """The billing period that holds the instant."""
    local = instant.astimezone(SHANGHAI)
    return _month(local.year, local.month)


def parse_period(text: str) -> Period:
    """Read `2026-11`.

    Raises:
        Invalid: the text is no month.

    """
    match = _MONTH.match(text)
    if match is None:
        raise Invalid(f"{text!r} is not a billing period", field="period", remedy="Write it as YYYY-MM.")
    return _month(int(match[1]), int(match[2]))


def day_of(instant: datetime) -> str:
    """The Asia/Shanghai calendar day of the instant, as YYYY-MM-DD."""
    return instant.astimezone(SHANGHAI).date().isoformat()


def start_of_day(day: str) -> datetime:
    """The instant at which an Asia/Shanghai calendar day, YYYY-MM-DD, begins."""
    return datetime.combine(date.fromisoformat(day), time(), tzinfo=SHANGHAI).astimezone(UTC)


def day_after(day: str) -> str:
    """The calendar day after one, YYYY-MM-DD."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _month(year: int, month: int) -> Period:
    following = (year + month // 12, month % 12 + 1)
    start, end = (datetime(y, m, 1, tzinfo=SHANGHAI).astimezone(UTC) for y, m in ((year, month), following))
    return Period(f"{year:04d}-{month:02d}", start, end)
