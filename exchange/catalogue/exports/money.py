"""Prices for formats that know one amount per unit; the exact plan goes beside it as it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_MICRO = Decimal(1_000_000)
#: What a plan says when it has no such limit, allowance or step.
_NOTHING = (0, None, "unlimited")


def price_amount(plan: Mapping[str, Any]) -> tuple[int | float, str] | None:
    """The amount in yuan and its unit, when the plan is one price and no more.

    A plan with a free allowance, tiers, a minimum or a cap has no single price; saying one would mislead.
    """
    member, unit = _price_of(plan)
    said = {name for name, value in plan.items() if value not in _NOTHING}
    if member not in plan or not said <= {"model", "term", member}:
        return None
    yuan = Decimal(plan[member]) / _MICRO
    if yuan == yuan.to_integral_value():
        return int(yuan), unit
    # The formats write a JSON number. It is written only if every reader gets back the exact amount.
    number = float(yuan)
    return (number, unit) if Decimal(repr(number)) == yuan else None


def _price_of(plan: Mapping[str, Any]) -> tuple[str, str]:
    """The member that is the price, and what it is the price of."""
    model = plan["model"]
    if model.startswith("per_"):
        return "unit_price_micro", model.removeprefix("per_")
    return "fee_micro", plan.get("term", "month") if model == "subscription" else model
