"""Price-change protection: a price may fall at once and rise for renewals only after notice.

What is compared is everything that two contents say about prices; one increase among them decides.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from exchange.core.errors import FieldProblem
from exchange.core.i18n import source_language
from exchange.pricing import (
    Direction,
    PriceChange,
    PricePlan,
    TaxTerms,
    compare_plans,
    earliest_increase,
)


def compare_prices(old: dict[str, Any], new: dict[str, Any]) -> PriceChange:
    """Compare every plan of the old content with the plan of its code in the new one, tax included."""
    taxes = {"old_tax": _tax_of(old), "new_tax": _tax_of(new)}
    plans = {entry["code"]: PricePlan.from_json(entry["plan"]) for entry in new["price_plans"]}
    changes = []
    # The reasons are kept with the version, so they are told in one language whoever asks.
    with source_language():
        for entry in old["price_plans"]:
            code, plan = entry["code"], PricePlan.from_json(entry["plan"])
            change = (
                compare_plans(plan, plans[code], **taxes)
                if code in plans
                else PriceChange(Direction.INCREASE, ("The plan is taken away.",))
            )
            changes.append(PriceChange(change.direction, tuple(f"{code}: {why}" for why in change.reasons)))
    for direction in (Direction.INCREASE, Direction.DECREASE):
        reasons = [why for change in changes if change.direction is direction for why in change.reasons]
        if reasons:
            return PriceChange(direction, tuple(reasons))
    return PriceChange(Direction.SAME, ())


def early_increase(
    old: dict[str, Any], new: dict[str, Any], *, on: date, notice_days: int
) -> FieldProblem | None:
    """The fault of an increase that would begin before its notice, given on a day, has run."""
    wished = new["price_terms"]["increase_effective_from"]
    change = compare_prices(old, new)
    earliest = earliest_increase(on, notice_days)
    if (
        wished is None
        or change.direction is not Direction.INCREASE
        or date.fromisoformat(wished) >= earliest
    ):
        return None
    return FieldProblem(
        "price_terms.increase_effective_from",
        f"Prices rise ({'; '.join(change.reasons)}) and renewals would pay more from {wished}.",
        f"Give {earliest.isoformat()} or later: the first of a month after {notice_days} days of notice.",
    )


def price_notice(
    history: Sequence[tuple[dict[str, Any], dict[str, Any] | None]],
    new: dict[str, Any],
    *,
    on: date,
    notice_days: int,
) -> dict[str, Any] | None:
    """What buyers are told when a version is listed on a day; None when prices stay.

    While the notice of an increase runs, what it protects is the price before it: raising far and lowering
    a little the next day would else be an increase without notice.

    Args:
        history: content and notice of the versions listed so far, the newest first.
    """
    newest, running = history[0]
    change = compare_prices(newest, new)
    if change.direction is Direction.INCREASE:
        wished = new["price_terms"]["increase_effective_from"]
        return _notice(
            change, on, date.fromisoformat(wished) if wished else earliest_increase(on, notice_days)
        )
    if running is not None and _is_running(running, on):
        still = compare_prices(_protected(history, on), new)
        if still.direction is Direction.INCREASE:
            return {**running, "reasons": list(still.reasons)}
    return None if change.direction is Direction.SAME else _notice(change, on, on)


def _protected(history: Sequence[tuple[dict[str, Any], dict[str, Any] | None]], on: date) -> dict[str, Any]:
    """The content before the running notices: the first, going back, that was listed without one."""
    return next(
        (content for content, notice in history if notice is None or not _is_running(notice, on)),
        history[-1][0],
    )


def _is_running(notice: dict[str, Any], on: date) -> bool:
    return notice["direction"] == Direction.INCREASE and date.fromisoformat(notice["renewals_from"]) > on


def _notice(change: PriceChange, on: date, effective: date) -> dict[str, Any]:
    return {
        "direction": change.direction.value,
        "reasons": list(change.reasons),
        "notice_given_on": on.isoformat(),
        "renewals_from": effective.isoformat(),
    }


def _tax_of(content: dict[str, Any]) -> TaxTerms:
    terms = content["price_terms"]
    return TaxTerms(terms["tax_rate_bp"], terms["tax_included"])
