"""Rating: from cumulative quantities of a period to lines in fen that add up whatever the cuts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from exchange.core.errors import LimitExceeded
from exchange.core.money import MICRO_PER_FEN, fen_from_micro
from exchange.pricing.kinds import METERED, PriceModel, TermLength
from exchange.pricing.plan import PricePlan
from exchange.pricing.tiers import Tiers
from exchange.pricing.units import Meter, Unit, measure
from exchange.pricing.usage import FIRST_PERIOD, LARGEST_STORED_INTEGER, Life, Quantities, Usage


class AmountOutOfRange(LimitExceeded):
    """The amount does not fit 64 bits of micro-yuan, about 9.2 million million yuan."""

    code = "amount-out-of-range"


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One line of a statement: the change of one clause's cumulative amount.

    `amount_fen` is the difference of two rounded totals, not `amount_micro` rounded: only so do the lines of
    any cutting of the period add back to the uncut bill. `quantity` counts what the meter counts, bytes for
    a price per MB, and fen for a share of revenue, whose unit price is the share in basis points.
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


def rate(
    plan: PricePlan, before: Usage | None, after: Usage, life: Life = FIRST_PERIOD
) -> tuple[RatedLine, ...]:
    """Charge what happened in a period between two cumulative states of it.

    `before` is the state at the previous statement of the same period, and None when there was none. None is
    less than zero usage: a fee or a minimum falls due on leaving it, so the first statement carries it even
    without use, and no later one does. Lines without a change are left out.

    Raises:
        AmountOutOfRange: an amount does not fit 64 bits.

    """
    zero = (0, 0, 0)
    then = None if before is None else [_counted(line) for line in _bill(plan, before, life)]
    lines = []
    for place, line in enumerate(_bill(plan, after, life)):
        quantity, micro, fen = zero if then is None else then[place]
        change = replace(
            line,
            quantity=line.quantity - quantity,
            amount_micro=line.amount_micro - micro,
            amount_fen=line.amount_fen - fen,
        )
        if any(_counted(change)):
            lines.append(change)
    return tuple(lines)


def quote(plan: PricePlan, quantities: Quantities, life: Life = FIRST_PERIOD) -> tuple[RatedLine, ...]:
    """Say what a whole period with these quantities costs."""
    return rate(plan, None, Usage(quantities), life)


def _counted(line: RatedLine) -> tuple[int, int, int]:
    return line.quantity, line.amount_micro, line.amount_fen


def _bill(plan: PricePlan, usage: Usage, life: Life) -> list[RatedLine]:
    """Every clause of the plan in one fixed order, with its cumulative amount; zeros included."""
    if plan.model in METERED:
        lines = list(_metered(plan, usage, life))
    elif plan.model is PriceModel.FREE:
        lines = list(_not_charged(usage.quantities, "free"))
    elif plan.model is PriceModel.REVENUE_SHARE:
        lines = list(_shared(plan, usage))
    else:
        lines = list(_with_fee(plan, usage, life))
    lines += _adjustments(plan, sum(line.amount_fen for line in lines))
    return lines


def _metered(plan: PricePlan, usage: Usage, life: Life) -> Iterator[RatedLine]:
    """Trial first, then the period's free allowance; only the rest reaches the tiers."""
    unit, tiers = plan.unit or Unit.ROWS, plan.tiers or Tiers.flat(0)
    total = unit.of(usage.quantities)
    trial = _in_trial(plan, unit, usage, life)
    free = min(total - trial, plan.free * unit.size)
    if unit is Unit.HITS:
        misses = measure(Meter.MISSES, usage.quantities)
        yield _line(Meter.MISSES, "model", "misses-free", misses, 0)
    if plan.trial is not None:
        yield _line(unit.meter, "trial", f"{unit.meter}-trial", trial, 0)
    if plan.free:
        yield _line(unit.meter, f"free_{unit}", f"{unit.meter}-free", free, 0)
    parts = tiers.spread(total - trial - free, unit.size)
    for number, (tier, part) in enumerate(zip(tiers.steps, parts, strict=True), start=1):
        one = len(parts) == 1
        clause = "unit_price_micro" if one else f"tiers.{number}"
        description = f"{unit.meter}-charged" if one else f"{unit.meter}-tier-{number}"
        yield _line(unit.meter, clause, description, part, tier.unit_price_micro, per=unit.size)


def _in_trial(plan: PricePlan, unit: Unit, usage: Usage, life: Life) -> int:
    if plan.trial is None:
        return 0
    if plan.trial.units is None:
        return unit.of(usage.in_first_days)
    left = max(0, plan.trial.units * unit.size - unit.of(life.earlier.quantities))
    return min(unit.of(usage.quantities), left)


def _with_fee(plan: PricePlan, usage: Usage, life: Life) -> Iterator[RatedLine]:
    """A fee, what it includes, and what was used beyond it."""
    meter, description = _FEES[plan.term]
    if plan.model is PriceModel.ONE_OFF:
        description = "one-off-price"
    yield _line(meter, "fee_micro", description, int(life.begins_term), plan.fee_micro)
    if plan.unit is None:
        yield from _not_charged(usage.quantities, "included")
        return
    unit = plan.unit
    total = unit.of(usage.quantities)
    included = total if plan.included is None else _included(plan, unit, usage, life)
    yield _line(unit.meter, f"included_{unit}", f"{unit.meter}-included", included, 0)
    if plan.included is not None:
        yield _line(
            unit.meter,
            "over_price_micro",
            f"{unit.meter}-over",
            total - included,
            plan.over_price_micro,
            per=unit.size,
        )


#: Of a fee, by the term it is for: the meter and the description of its line.
_FEES = {
    TermLength.MONTH: (Meter.MONTHS, "subscription-fee"),
    TermLength.QUARTER: (Meter.QUARTERS, "subscription-fee-quarter"),
    TermLength.YEAR: (Meter.YEARS, "subscription-fee-year"),
    None: (Meter.ONCE, "package-price"),
}


def _included(plan: PricePlan, unit: Unit, usage: Usage, life: Life) -> int:
    """What of the period's use the fee covers: the quantity is used up in the order of time."""
    earlier, now = life.earlier.quantities, usage.quantities
    if plan.expiry_days is not None:
        earlier, now = life.earlier.in_first_days, usage.in_first_days
    left = max(0, (plan.included or 0) * unit.size - unit.of(earlier))
    return min(left, unit.of(now))


def _shared(plan: PricePlan, usage: Usage) -> Iterator[RatedLine]:
    """A part of what the buyer declared; a period without a declaration says so in a line of its own."""
    declared = usage.declared
    yield _line(Meter.UNDECLARED, "model", "undeclared", int(not declared.declarations), 0)
    yield _line(Meter.DECLARATIONS, "model", "declarations", declared.declarations, 0)
    # A basis point of a fen is one micro-yuan, so the share needs no division.
    yield _line(Meter.REVENUE, "share_bp", "revenue-share", declared.revenue_fen, plan.share_bp)
    yield from _not_charged(usage.quantities, "shared")


def _not_charged(used: Quantities, why: str) -> Iterator[RatedLine]:
    # Use that costs nothing is listed all the same: the buyer sees what was delivered.
    for meter in (Meter.CALLS, Meter.ROWS):
        yield _line(meter, "model", f"{meter}-{why}", measure(meter, used), 0)


def _adjustments(plan: PricePlan, amount_fen: int) -> list[RatedLine]:
    """Lift the period's bill to the minimum, or cut it to the cap.

    On the sum of the rounded lines, so that the bill itself is never below the one or above the other.
    """
    lines = []
    if plan.minimum_micro:
        lift = max(0, plan.minimum_micro // MICRO_PER_FEN - amount_fen)
        lines.append(_adjustment("minimum", lift, plan.minimum_micro))
    if plan.cap_micro is not None:
        cut = max(0, amount_fen - plan.cap_micro // MICRO_PER_FEN)
        lines.append(_adjustment("cap", -cut, plan.cap_micro))
    return lines


def _adjustment(name: str, amount_fen: int, limit_micro: int) -> RatedLine:
    return RatedLine(
        meter=Meter.PERIOD,
        clause=f"{name}_micro",
        description=f"period-{name}",
        quantity=int(amount_fen != 0),
        unit_price_micro=limit_micro,
        amount_micro=amount_fen * MICRO_PER_FEN,
        amount_fen=amount_fen,
    )


def _line(
    meter: Meter, clause: str, description: str, quantity: int, unit_price_micro: int, *, per: int = 1
) -> RatedLine:
    # Rounding down to whole micro-yuan cannot change the fen: half a fen is a whole number of them.
    micro = quantity * unit_price_micro // per
    if micro > LARGEST_STORED_INTEGER:
        raise AmountOutOfRange("The amount is larger than the exchange can book.")
    return RatedLine(meter, clause, description, quantity, unit_price_micro, micro, fen_from_micro(micro))
