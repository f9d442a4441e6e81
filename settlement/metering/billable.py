"""What a price plan is applied to; without a database, so that the offline replay says it the same way."""

from dataclasses import dataclass
from typing import Any

from exchange.pricing import FIRST_PERIOD, Life, Usage


@dataclass(frozen=True)
class Billable:
    """The use of a period up to a closed epoch, and what the plan asks of the time before the period."""

    usage: Usage
    life: Life = FIRST_PERIOD


def life_json(life: Life) -> dict[str, Any]:
    """The view of an agreement's life as the statement's event holds it."""
    return {
        "begins_term": life.begins_term,
        "earlier": life.earlier.quantities.to_json(),
        "earlier_in_first_days": life.earlier.in_first_days.to_json(),
    }
