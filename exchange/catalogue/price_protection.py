"""Price-change protection: a price may fall at once and rise for renewals only after notice.

`compare_plans` is conservative: what cannot be shown to be cheaper for every use counts as an increase.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from exchange.core.errors import FieldProblem
from exchange.pricing import PriceModel, PricePlan

UP, DOWN, SAME = "up", "down", "same"
#: Per model: the member that is the price, and the one that says how much is free.
_MEMBERS = {
    PriceModel.PER_ROW: ("unit_price_micro", "free_rows"),
    PriceModel.PER_CALL: ("unit_price_micro", "free_calls"),
    PriceModel.SUBSCRIPTION: ("fee_micro", None),
}


@dataclass(frozen=True)
class PriceChange:
    """Which way a price goes, and why."""

    direction: str
    reasons: tuple[str, ...] = ()


def compare_plans(old: PricePlan, new: PricePlan) -> PriceChange:
    """Say whether a plan can cost more than another for any use."""
    if old.model != new.model:
        return PriceChange(UP, (f"the model changes from {old.model} to {new.model}",))
    price, free = _MEMBERS[old.model]
    before, after = old.to_json(), new.to_json()
    dearer = [_told(price, before, after)] if int(after[price]) > int(before[price]) else []
    cheaper = [_told(price, before, after)] if int(after[price]) < int(before[price]) else []
    if free is not None:
        dearer += [_told(free, before, after)] if int(after[free]) < int(before[free]) else []
        cheaper += [_told(free, before, after)] if int(after[free]) > int(before[free]) else []
    if dearer:
        return PriceChange(UP, tuple(dearer))
    return PriceChange(DOWN, tuple(cheaper)) if cheaper else PriceChange(SAME)


def compare_prices(old: dict[str, Any], new: dict[str, Any]) -> PriceChange:
    """Compare everything that two contents of a listing say about prices; one increase decides."""
    changes = [_compare_terms(old["price_terms"], new["price_terms"])]
    plans = {entry["code"]: entry["plan"] for entry in new["price_plans"]}
    for entry in old["price_plans"]:
        code = entry["code"]
        if code not in plans:
            changes.append(PriceChange(UP, (f"{code}: the plan is taken away",)))
            continue
        change = compare_plans(PricePlan.from_json(entry["plan"]), PricePlan.from_json(plans[code]))
        changes.append(
            PriceChange(change.direction, tuple(f"{code}: {reason}" for reason in change.reasons))
        )
    for direction in (UP, DOWN):
        reasons = [reason for item in changes if item.direction == direction for reason in item.reasons]
        if reasons:
            return PriceChange(direction, tuple(reasons))
    return PriceChange(SAME)


def earliest_increase(on: date, notice_days: int) -> date:
    """The first day on which renewals may pay more: the first of a month, when the notice has run."""
    noticed = on + timedelta(days=notice_days)
    if noticed.day == 1:
        return noticed
    return date(noticed.year + noticed.month // 12, noticed.month % 12 + 1, 1)


def early_increase(
    old: dict[str, Any], new: dict[str, Any], *, on: date, notice_days: int
) -> FieldProblem | None:
    """The fault of an increase that would begin before its notice, given on a day, has run."""
    wished = new["price_terms"]["increase_effective_from"]
    change = compare_prices(old, new)
    earliest = earliest_increase(on, notice_days)
    if wished is None or change.direction != UP or date.fromisoformat(wished) >= earliest:
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
    if change.direction == UP:
        wished = new["price_terms"]["increase_effective_from"]
        return _notice(
            change, on, date.fromisoformat(wished) if wished else earliest_increase(on, notice_days)
        )
    if running is not None and _is_running(running, on):
        still = compare_prices(_protected(history, on), new)
        if still.direction == UP:
            return {**running, "reasons": list(still.reasons)}
    return None if change.direction == SAME else _notice(change, on, on)


def _protected(history: Sequence[tuple[dict[str, Any], dict[str, Any] | None]], on: date) -> dict[str, Any]:
    """The content before the running notices: the first, going back, that was listed without one."""
    return next(
        (content for content, notice in history if notice is None or not _is_running(notice, on)),
        history[-1][0],
    )


def _is_running(notice: dict[str, Any], on: date) -> bool:
    return notice["direction"] == UP and date.fromisoformat(notice["renewals_from"]) > on


def _notice(change: PriceChange, on: date, effective: date) -> dict[str, Any]:
    return {
        "direction": change.direction,
        "reasons": list(change.reasons),
        "notice_given_on": on.isoformat(),
        "renewals_from": effective.isoformat(),
    }


def _compare_terms(old: dict[str, Any], new: dict[str, Any]) -> PriceChange:
    if old["tax_included"] and not new["tax_included"]:
        return PriceChange(UP, ("tax is not included any more",))
    if not new["tax_included"] and not old["tax_included"] and new["tax_rate_bp"] > old["tax_rate_bp"]:
        return PriceChange(UP, (f"tax rises from {old['tax_rate_bp']} to {new['tax_rate_bp']} bp",))
    return PriceChange(SAME)


def _told(member: str, before: dict[str, int | str], after: dict[str, int | str]) -> str:
    return f"{member} changes from {before[member]} to {after[member]}"
