"""When an agreement is in force; without a database, so that the offline replay asks the same."""

from dataclasses import dataclass
from datetime import datetime

from contracts.terms import Terms
from exchange.core.clock import Period
from exchange.pricing import Life, PricePlan, Reach, Usage, rate, reach_of


@dataclass(frozen=True)
class Span:
    """An executed agreement and the time in which data may flow under it, half open."""

    agreement_id: str
    start: datetime
    end: datetime
    plan: PricePlan

    @classmethod
    def of(cls, terms: Terms, *, executed_at: datetime, ends_at: datetime) -> "Span":
        """The span of signed terms: it begins with the last signature, whatever date the terms name before.

        Args:
            ends_at: until when the agreement is in force as things stand; never later than the terms say.
        """
        return cls(
            agreement_id=terms.agreement_id,
            start=max(executed_at, terms.valid_from),
            end=min(ends_at, terms.valid_until),
            plan=terms.price_plan,
        )

    def reach(self, period: Period, plan: PricePlan | None = None) -> Reach:
        """What charging a period, by its own plan or by another one, needs to know of the agreement's life."""
        return reach_of(plan or self.plan, start=self.start, end=self.end, period=period)

    def is_charged_unused(self, period: Period) -> bool:
        """Whether a period has a statement even when nothing is used: a fee, a minimum, nothing declared."""
        return bool(rate(self.plan, None, Usage(), Life(self.reach(period).begins_term)))

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the agreement is in force at some time in [start, end)."""
        return self.start < end and self.end > start
