"""What a metered plan costs as a function of use, in pieces, so that two plans can be compared everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from exchange.core.money import MICRO_PER_FEN
from exchange.pricing.tiers import TierMode, Tiers


@dataclass(frozen=True, slots=True)
class Curve:
    """The cost of a quantity in a period, some of it free, before minimum and cap.

    In counted things, `size` of which make one priced unit: bytes, not MB. Costs are times `size` to stay whole.
    """

    free: int
    tiers: Tiers
    size: int = 1

    def cost(self, quantity: int) -> int:
        """Micro-yuan times `size` for so many counted things."""
        charged = max(0, quantity - self.free * self.size)
        parts = self.tiers.spread(charged, self.size)
        return sum(part * tier.unit_price_micro for part, tier in zip(parts, self.tiers.steps, strict=True))

    @property
    def final_price_micro(self) -> int:
        """What one more unit costs when very much was used."""
        return self.tiers.steps[-1].unit_price_micro

    def bends(self) -> list[int]:
        """The last quantity of every piece on which the cost is a straight line."""
        ends = [self.free + tier.up_to for tier in self.tiers.steps if tier.up_to is not None]
        return [end * self.size for end in sorted({0, self.free, *ends})]

    def never_falls(self) -> bool:
        """Whether using more never costs less; with volume tiers it may."""
        return all(self.cost(bend) <= self.cost(bend + 1) for bend in self.bends())

    def rounds_once(self) -> bool:
        """Whether its lines, each rounded by itself, always sum to the rounded cost.

        They do when at most one line can hold a broken fen: with one price, with volume tiers, or where
        every tier that can be full amounts to whole fen.
        """
        if self.tiers.mode is TierMode.VOLUME:
            return True
        below = [0, *(tier.up_to or 0 for tier in self.tiers.steps[:-1])]
        full = zip(pairwise(below), self.tiers.steps, strict=False)
        # In priced units: a full tier is a whole number of them, also of MB.
        return all(
            (end - start) * tier.unit_price_micro % MICRO_PER_FEN == 0 for (start, end), tier in full
        )


def is_never_above(new: Curve, old: Curve) -> bool:
    """Whether the new cost of every quantity is at most the old one; both curves have one size.

    Between two neighbouring bends of either curve both are straight lines, so the first and the last quantity
    there decide; beyond the last bend the prices do.
    """
    return (
        all(new.cost(quantity) <= old.cost(quantity) for quantity in _deciding(new, old))
        and new.final_price_micro <= old.final_price_micro
    )


def _deciding(new: Curve, old: Curve) -> Iterator[int]:
    for bend in {*new.bends(), *old.bends()}:
        yield bend
        yield bend + 1
