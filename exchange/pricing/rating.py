"""Rating: from cumulative quantities of a period to lines in fen that add up whatever the cuts."""

from dataclasses import dataclass
from typing import Final

from exchange.core.errors import Invalid, LimitExceeded
from exchange.core.money import fen_from_micro
from exchange.pricing.plan import PricePlan
from exchange.pricing.tiers import Charge, Meter

#: Amounts and quantities are stored in signed 64-bit columns.
LARGEST_STORED_INTEGER: Final = 2**63 - 1


class QuantityInvalid(Invalid):
    """A cumulative quantity of a period is below zero or does not fit 64 bits."""

    code = "quantity-invalid"


class AmountOutOfRange(LimitExceeded):
    """The amount does not fit 64 bits of micro-yuan, about 9.2 million million yuan."""

    code = "amount-out-of-range"


@dataclass(frozen=True, slots=True)
class Quantities:
    """What was used in the period so far, cumulative; a correction lowers it, never below zero."""

    rows: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        for name in ("rows", "calls"):
            if not 0 <= getattr(self, name) <= LARGEST_STORED_INTEGER:
                raise QuantityInvalid("A quantity of a period is from 0 to 2^63-1.", field=name)


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One line of a statement: the change of one clause's cumulative amount.

    `amount_fen` is the difference of two rounded totals, not `amount_micro` rounded: only so do the lines of
    any cutting of the period add back to the uncut bill.
    """

    meter: Meter
    clause: str
    description: str
    quantity: int
    unit_price_micro: int
    amount_micro: int
    amount_fen: int

    @property
    def key(self) -> str:
        """What lines of one period are added up by: the meter and the clause of the plan."""
        return f"{self.meter}:{self.clause}"


def rate(plan: PricePlan, before: Quantities | None, after: Quantities) -> tuple[RatedLine, ...]:
    """Charge what happened in a period between two cumulative states of it.

    `before` is the state at the previous statement of the same period, and None when there was none. None is
    less than zero usage: a subscription's fee falls due on leaving it, so the first statement carries the
    fee even without use, and no later one does. Lines without a change are left out.

    Raises:
        AmountOutOfRange: an amount does not fit 64 bits.

    """
    lines = (line for charge in plan.charges for line in _rate_charge(charge, before, after))
    return tuple(line for line in lines if line.quantity)


def quote(plan: PricePlan, quantities: Quantities) -> tuple[RatedLine, ...]:
    """Say what a whole period with these quantities costs."""
    return rate(plan, None, quantities)


def _rate_charge(charge: Charge, before: Quantities | None, after: Quantities) -> list[RatedLine]:
    spreads = charge.spread(_measure(charge.meter, before)), charge.spread(_measure(charge.meter, after))
    lines = []
    for tier, used_before, used_after in zip(charge.tiers, *spreads, strict=True):
        micro_before = _checked(used_before * tier.unit_price_micro)
        micro_after = _checked(used_after * tier.unit_price_micro)
        lines.append(
            RatedLine(
                meter=charge.meter,
                clause=tier.clause,
                description=tier.description,
                quantity=used_after - used_before,
                unit_price_micro=tier.unit_price_micro,
                amount_micro=micro_after - micro_before,
                amount_fen=fen_from_micro(micro_after) - fen_from_micro(micro_before),
            )
        )
    return lines


def _measure(meter: Meter, state: Quantities | None) -> int:
    if state is None:
        return 0
    return {Meter.ROWS: state.rows, Meter.CALLS: state.calls, Meter.MONTHS: 1}[meter]


def _checked(amount_micro: int) -> int:
    if amount_micro > LARGEST_STORED_INTEGER:
        raise AmountOutOfRange("The amount is larger than the exchange can book.")
    return amount_micro
