"""How long the operator has: working days by the kind of product."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from exchange.core.clock import SHANGHAI


@dataclass(frozen=True)
class ReviewDays:
    """Working days of the operator's review, by product kind."""

    standard: int = 3
    application: int = 5
    model: int = 8

    def of(self, product_kind: str) -> int:
        """The working days of a kind; API, report and data set share the standard ones."""
        return {"application": self.application, "model": self.model}.get(product_kind, self.standard)


def due_at(begun: datetime, working_days: int) -> datetime:
    """The end of the last working day, in Asia/Shanghai; the day of the beginning does not count.

    Monday to Friday count. Public holidays are not known here (they are announced year by year), so a
    deadline may fall early by them, never late.
    """
    day = begun.astimezone(SHANGHAI).date()
    left = working_days
    while left:
        day += timedelta(days=1)
        if day.isoweekday() < 6:
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI).astimezone(UTC)
