"""Where the ticks of a chart stand and what they say; the labels read the same in every language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final, TypeAlias

Number: TypeAlias = int | float | Decimal

_STEP_SHAPES: Final = (1, 2, 2.5, 5, 10)
_STEPS_MINUTES: Final = (5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160)
_STEPS_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_DAY_MINUTES: Final = 1440
#: Values closer than this, relative to their size, would stand at ticks with equal labels: they are level.
_FLAT: Final = 1e-5
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class ValueScale:
    """An axis of numbers from its first tick to its last."""

    ticks: tuple[float, ...]
    #: Labels are in units of ten to this power, so that they stay short.
    exponent: int

    @classmethod
    def over(cls, low: float, high: float, *, most: int = 5) -> "ValueScale":
        """Cover a range with round steps; zero is shown unless the values lie far from it."""
        low, high = _with_zero_where_honest(low, high)
        step = _round_step(high / most - low / most)
        ticks = tuple(i * step for i in range(floor(low / step), ceil(high / step) + 1))
        return cls(ticks=ticks, exponent=_exponent(max(abs(ticks[0]), abs(ticks[-1]))))

    def fraction(self, value: float) -> float:
        """Say where a value stands between the first tick (0) and the last (1)."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def label(self, tick: float) -> str:
        """Write a tick in units of ten to the exponent."""
        return number_text(tick / 10**self.exponent)

    def unit_label(self, unit: str) -> str:
        """Write the unit of the labels, such as `10⁶ rows`."""
        return f"10{str(self.exponent).translate(_SUPERSCRIPT)} {unit}" if self.exponent else unit


def number_text(value: Number) -> str:
    """Write a number with grouped thousands and only the decimals it needs."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace("-", "−")


def time_ticks(
    first: datetime, last: datetime, *, whole_days: bool = False, most: int = 6
) -> list[tuple[datetime, str]]:
    """Choose at most so many round instants (hours, days, Mondays, first days of months) with their labels."""
    for minutes in _STEPS_MINUTES:
        if whole_days and minutes < _DAY_MINUTES:
            continue
        ticks = list(_every(minutes, first, last, limit=most))
        if len(ticks) <= most:
            return [(tick, _short_label(tick, minutes)) for tick in ticks] or [
                (first, _short_label(first, minutes))
            ]
    for months in _STEPS_MONTHS:
        # One less: these labels are wider.
        ticks = list(_every_month(months, first, last, limit=most - 1))
        if len(ticks) < most:
            break
    return [(tick, f"{tick:%Y}" if months >= 12 else f"{tick:%Y-%m}") for tick in ticks]


def _with_zero_where_honest(low: float, high: float) -> tuple[float, float]:
    if low == high == 0:
        return 0.0, 1.0
    if high - low <= _FLAT * max(abs(low), abs(high)) or 0 < low < 0.4 * high or 0.4 * low < high < 0:
        return min(low, 0.0), max(high, 0.0)
    return low, high


def _round_step(raw: float) -> float:
    magnitude = 10.0 ** floor(log10(raw))
    return next(shape * magnitude for shape in _STEP_SHAPES if raw <= shape * magnitude * 1.000_001)


def _exponent(largest: float) -> int:
    if 1e-3 <= largest < 1e5:
        return 0
    return 3 * floor(log10(largest) / 3)


def _every(minutes: int, first: datetime, last: datetime, *, limit: int) -> Iterator[datetime]:
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    # Day 1 of the calendar is a Monday, so steps of whole weeks fall on Mondays.
    days_past = (midnight.toordinal() - 1) % max(1, minutes // _DAY_MINUTES)
    tick = midnight - timedelta(days=days_past)
    step = timedelta(minutes=minutes)
    tick += step * max(0, ceil((first - tick) / step))
    for i in range(limit + 1):
        if tick + i * step <= last:
            yield tick + i * step


def _every_month(months: int, first: datetime, last: datetime, *, limit: int) -> Iterator[datetime]:
    start = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = start.year * 12 + start.month - 1 + (start < first)
    month += -month % months
    for later in range(month, month + months * (limit + 1), months):
        year, month_of_year = divmod(later, 12)
        if year <= last.year and start.replace(year=year, month=month_of_year + 1) <= last:
            yield start.replace(year=year, month=month_of_year + 1)


def _short_label(tick: datetime, minutes: int) -> str:
    is_inside_a_day = minutes < _DAY_MINUTES and (tick.hour or tick.minute)
    return f"{tick:%H:%M}" if is_inside_a_day else f"{tick:%m-%d}"
