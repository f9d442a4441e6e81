"""When an agreement is in force; without a database, so that the offline replay asks the same."""

from dataclasses import dataclass
from datetime import datetime

from contracts.terms import Terms
from exchange.pricing import Quantities, rate


@dataclass(frozen=True)
class Span:
    """An executed agreement and the time in which data may flow under it, half open."""

    agreement_id: str
    start: datetime
    end: datetime
    #: Whether its price plan charges for a period in which nothing was used, as a subscription does.
    is_charged_unused: bool

    @classmethod
    def of(cls, terms: Terms, *, executed_at: datetime) -> "Span":
        """The span of signed terms: it begins with the last signature, whatever date the terms name before."""
        return cls(
            agreement_id=terms.agreement_id,
            start=max(executed_at, terms.valid_from),
            end=terms.valid_until,
            is_charged_unused=bool(rate(terms.price_plan, None, Quantities())),
        )

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the agreement is in force at some time in [start, end)."""
        return self.start < end and self.end > start
