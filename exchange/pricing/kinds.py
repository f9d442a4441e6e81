"""The closed lists a price plan is made of, and how one is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from exchange.core.errors import Invalid
from exchange.pricing.units import Unit

#: RFC 8785 writes numbers as IEEE doubles; a larger integer has no canonical bytes and could not be signed.
LARGEST_SIGNED_INTEGER: Final = 2**53 - 1


class PricePlanInvalid(Invalid):
    """The plan cannot be rated; `field` names the member of the plan to change."""

    code = "price-plan-invalid"


class PriceModel(StrEnum):
    """How a provider may charge."""

    PER_CALL = "per_call"
    PER_HIT = "per_hit"
    PER_ROW = "per_row"
    PER_MB = "per_mb"
    PER_FILE = "per_file"
    SUBSCRIPTION = "subscription"
    PACKAGE = "package"
    ONE_OFF = "one_off"
    REVENUE_SHARE = "revenue_share"
    FREE = "free"


#: The models that charge by use, and what they count.
METERED: Final = {
    PriceModel.PER_CALL: Unit.CALLS,
    PriceModel.PER_HIT: Unit.HITS,
    PriceModel.PER_ROW: Unit.ROWS,
    PriceModel.PER_MB: Unit.MB,
    PriceModel.PER_FILE: Unit.FILES,
}


class TermLength(StrEnum):
    """How long one fee of a subscription lasts."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {TermLength.MONTH: 1, TermLength.QUARTER: 3, TermLength.YEAR: 12}[self]


@dataclass(frozen=True, slots=True)
class Trial:
    """What an agreement gives free at its beginning, once: so many units, or everything in so many days."""

    units: int | None = None
    days: int | None = None

    def to_json(self) -> dict[str, int]:
        """The trial as it stands in a plan."""
        return {"days": self.days or 0} if self.units is None else {"units": self.units}
