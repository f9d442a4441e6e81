"""Prices for formats that know one amount per unit; the exact plan goes beside it as it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_MICRO = Decimal(1_000_000)
#: Models whose whole price is one amount: the member that holds it, the unit, and what must not be there.
_SIMPLE = {
    "per_row": ("unit_price_micro", "row", "free_rows"),
    "per_call": ("unit_price_micro", "call", "free_calls"),
    "subscription": ("fee_micro", "month", ""),
}
_SIMPLE_MEMBERS = {"model", "unit_price_micro", "fee_micro", "free_rows", "free_calls", "included_rows"}


def price_amount(plan: Mapping[str, Any]) -> tuple[int | float, str] | None:
    """The amount in yuan and its unit, when the plan is one price and no more.

    A plan with a free allowance, tiers or a cap has no single price; saying one would mislead.
    """
    simple = _SIMPLE.get(plan["model"])
    if simple is None or not plan.keys() <= _SIMPLE_MEMBERS or plan.get(simple[2]):
        return None
    yuan = Decimal(plan[simple[0]]) / _MICRO
    if yuan == yuan.to_integral_value():
        return int(yuan), simple[1]
    # The formats write a JSON number. It is written only if every reader gets back the exact amount.
    number = float(yuan)
    return (number, simple[1]) if Decimal(repr(number)) == yuan else None
