"""What a plan must know of an agreement's life to charge one period of it, and how to gather that.

Pure: the settlement run asks the day totals, the offline verifier the delivery events, the simulator a file.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.core.clock import SHANGHAI, Period, day_of, from_millis, to_millis
from exchange.pricing.plan import PricePlan
from exchange.pricing.usage import NOTHING, Life, Quantities, Usage

#: What was used on the days from the first to the last given one, both included, as YYYY-MM-DD.
Count = Callable[[str, str], Quantities]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back charging a period looks.

    Attributes:
        begins_term: a fee of the plan falls due in the period.
        since: first day of the earlier periods that count together with this one; None when none do.
        first_days_end: last of the first days that the plan treats by themselves; None when it has none.

    """

    begins_term: bool
    since: str | None = None
    first_days_end: str | None = None


def reach_of(plan: PricePlan, *, start: datetime, end: datetime, period: Period) -> Reach:
    """Find out what an agreement in force in [start, end) needs for a period.

    A month's fee is for every calendar month in which the agreement is in force. A quarter or year is counted
    from the day on which the agreement begins: the next one begins, with its fee and its included quantity,
    in the period of the day three or twelve months later, if the agreement is still in force then. What is
    due once is due in the first period.
    """
    if not plan.looks_beyond_period:
        return Reach(begins_term=True)
    start = from_millis(to_millis(start))  # the log knows milliseconds, and both must say the same
    first_day = start.astimezone(SHANGHAI).date()
    place = _months_between(first_day, date.fromisoformat(_first_day(period)))
    term = _term_of(plan, start, end, place)
    first_days_end = (
        None if plan.first_days is None else (first_day + timedelta(days=plan.first_days - 1)).isoformat()
    )
    return Reach(
        begins_term=place == term,
        since=_since(plan, first_day, term, place, first_days_end),
        first_days_end=first_days_end,
    )


def state_of(reach: Reach, period: Period, count: Count) -> tuple[Usage, Life]:
    """Count what the reach asks for."""
    first, last = _first_day(period), _last_day(period)
    usage = Usage(count(first, last), _within(reach, first, last, count))
    if reach.since is None:
        return usage, Life(reach.begins_term)
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    earlier = Usage(count(reach.since, before), _within(reach, reach.since, before, count))
    return usage, Life(reach.begins_term, earlier)


def _within(reach: Reach, first: str, last: str, count: Count) -> Quantities:
    if reach.first_days_end is None or reach.first_days_end < first:
        return NOTHING
    return count(first, min(last, reach.first_days_end))


def _term_of(plan: PricePlan, start: datetime, end: datetime, place: int) -> int:
    """In which period, counted from the agreement's first, the term began that a period belongs to."""
    if plan.term is None:
        return 0
    terms = max(0, place) // plan.term.months
    # The last term lasts to the end of the agreement, also into a month in which no new one begins.
    while terms and not _months_later(start, terms * plan.term.months) < end:
        terms -= 1
    return terms * plan.term.months


def _since(
    plan: PricePlan, first_day: date, term: int, place: int, first_days_end: str | None
) -> str | None:
    """From when earlier use counts; None when it cannot change anything in the period."""
    counts_earlier = plan.included is not None or (plan.trial is not None and plan.trial.units is not None)
    since = _month_later(first_day, term)
    if place <= term or not counts_earlier:
        return None
    is_expired = first_days_end is not None and first_days_end < _month_later(first_day, place).isoformat()
    return None if is_expired else since.isoformat()


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def _month_later(day: date, months: int) -> date:
    """The first day of the month so many months after the day's."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _months_later(instant: datetime, months: int) -> datetime:
    """The same day and time so many months later; the last of a month that has no such day."""
    local = instant.astimezone(SHANGHAI)
    month = _month_later(local.date(), months)
    day = min(local.day, monthrange(month.year, month.month)[1])
    return local.replace(year=month.year, month=month.month, day=day)


def _first_day(period: Period) -> str:
    return f"{period.key}-01"


def _last_day(period: Period) -> str:
    return day_of(period.end - timedelta(seconds=1))
