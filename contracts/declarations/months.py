"""For which months revenue is declared; without a database, so that the offline replay asks the same."""

from datetime import datetime, timedelta
from typing import Final

from contracts.terms import Terms
from exchange.core.clock import Period, period_of
from exchange.pricing import PriceModel

#: Any instant before a month's first belongs to the month before.
_INSTANT: Final = timedelta(seconds=1)


def shares_revenue(terms: Terms) -> bool:
    """Whether the signed price is a share of the buyer's revenue."""
    return terms.price_plan.model is PriceModel.REVENUE_SHARE


def is_declarable(
    month: Period, terms: Terms, *, executed_at: datetime, ends_at: datetime, at: datetime
) -> bool:
    """Whether the agreement was in force in a month that has begun; the running one may be declared so far."""
    start = max(executed_at, terms.valid_from)
    return start < month.end and ends_at > month.start and month.start <= at


def months_to_declare(
    terms: Terms, *, executed_at: datetime, ends_at: datetime, at: datetime, most: int
) -> list[Period]:
    """The newest months for which revenue can be declared, the newest first."""
    found: list[Period] = []
    month = period_of(min(at, ends_at))
    while len(found) < most and month.end > max(executed_at, terms.valid_from):
        if is_declarable(month, terms, executed_at=executed_at, ends_at=ends_at, at=at):
            found.append(month)
        month = period_of(month.start - _INSTANT)
    return found
