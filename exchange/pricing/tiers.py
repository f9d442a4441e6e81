"""Tiers: prices that depend on how much of the period is charged already."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any


class TierMode(StrEnum):
    """How tiers are charged; a plan says which, for one set of tiers gives two very different bills."""

    #: Every unit at the price of the tier it falls into.
    GRADUATED = "graduated"
    #: All units of the period at the price of the tier that the total falls into.
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Tier:
    """The units up to and including `up_to`; a boundary belongs to the lower tier. None has no end."""

    up_to: int | None
    unit_price_micro: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """A table of prices in rising order, the last without end; a plain unit price is a table of one."""

    mode: TierMode
    steps: tuple[Tier, ...]

    @classmethod
    def flat(cls, unit_price_micro: int) -> "Tiers":
        return cls(TierMode.GRADUATED, (Tier(None, unit_price_micro),))

    def to_json(self) -> dict[str, Any]:
        """The table as it stands in a plan."""
        return {
            "mode": self.mode.value,
            "steps": [
                {"up_to": tier.up_to, "unit_price_micro": tier.unit_price_micro} for tier in self.steps
            ],
        }

    def bounds(self, size: int) -> list[tuple[int, int | None]]:
        """For each tier, in counted things: above what it begins and where it ends."""
        ends = [None if tier.up_to is None else tier.up_to * size for tier in self.steps]
        return [(0, ends[0]), *((start or 0, end) for start, end in pairwise(ends))]

    def spread(self, quantity: int, size: int) -> list[int]:
        """Divide a cumulative quantity of counted things over the tiers; the parts sum to it."""
        if self.mode is TierMode.VOLUME:
            return [
                quantity if above < quantity and (end is None or quantity <= end) else 0
                for above, end in self.bounds(size)
            ]
        return [
            max(0, (quantity if end is None else min(quantity, end)) - above)
            for above, end in self.bounds(size)
        ]
