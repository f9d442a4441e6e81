"""The one form under every price model: a meter and a table of tiers, charged tier by tier (graduated).

A tier may charge nothing: a free quantity is a first tier at price zero. Further models of a graduated kind
are longer tables; a volume or package model adds a mode to `Charge` when the first plan of it is sold.
"""

from dataclasses import dataclass
from enum import StrEnum


class Meter(StrEnum):
    """What is counted. `MONTHS` is 0 before the first statement of a period and 1 from it on."""

    ROWS = "rows"
    CALLS = "calls"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Tier:
    """The units above `above` and up to the next tier; a boundary belongs to the lower tier.

    `clause` is the field of the signed plan that decides the price, so a line can cite it.
    """

    clause: str
    description: str
    above: int
    unit_price_micro: int


@dataclass(frozen=True, slots=True)
class Charge:
    """One meter and its tiers in rising order, the first above 0."""

    meter: Meter
    tiers: tuple[Tier, ...]

    def spread(self, quantity: int) -> tuple[int, ...]:
        """Divide a cumulative quantity over the tiers; the parts sum to it."""
        ends = [tier.above for tier in self.tiers[1:]]
        return tuple(
            max(0, (quantity if end is None else min(quantity, end)) - tier.above)
            for tier, end in zip(self.tiers, [*ends, None], strict=True)
        )
