"""Price-change protection: is a new plan certainly no dearer, and when may a dearer one begin?

A decrease may take effect at once. Everything that is not proved to be one counts as an increase: it waits
for the first day of a month after the notice, or for a renewal. Signed agreements keep their price anyway.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from exchange.core.errors import Invalid
from exchange.core.i18n import gettext
from exchange.pricing.curve import Curve, is_never_above
from exchange.pricing.kinds import METERED, PriceModel
from exchange.pricing.plan import PricePlan
from exchange.pricing.tax import TaxTerms
from exchange.pricing.tiers import Tiers
from exchange.pricing.units import Unit

#: (new, old): of the new unit there is never more than of the old one, whatever is used.
_NEVER_MORE: Final = {
    (Unit.HITS, Unit.CALLS),
    (Unit.FILES, Unit.CALLS),
    (Unit.HITS, Unit.ROWS),
}
#: Ten years: a longer notice is a mistake.
_MAX_NOTICE_DAYS: Final = 3_660


class NoticeInvalid(Invalid):
    """The length of the notice is below zero or beyond every calendar."""

    code = "notice-invalid"


class Direction(StrEnum):
    """Where a price goes; what is mixed or cannot be proved goes up."""

    SAME = "same"
    DECREASE = "decrease"
    INCREASE = "increase"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The verdict on a change of price, with every reason in the reader's language."""

    direction: Direction
    reasons: tuple[str, ...]

    @property
    def may_take_effect_now(self) -> bool:
        return self.direction is not Direction.INCREASE


def compare_plans(
    old: PricePlan,
    new: PricePlan,
    *,
    old_tax: TaxTerms | None = None,
    new_tax: TaxTerms | None = None,
) -> PriceChange:
    """Decide whether the new price may ever cost more than the old one, for any use of any agreement.

    Args:
        old_tax, new_tax: the tax terms of the two listings; give both or none.

    """
    raised = _reasons_against(old, new)
    if old_tax is not None and new_tax is not None and (reason := _tax_reason(old_tax, new_tax)):
        raised.append(reason)
    if raised:
        return PriceChange(Direction.INCREASE, tuple(raised))
    if old == new and (old_tax == new_tax or _is_contained(old_tax, new_tax)):
        return PriceChange(Direction.SAME, (gettext("The price is the same."),))
    return PriceChange(
        Direction.DECREASE, (gettext("No use costs more under the new price than under the old one."),)
    )


def earliest_increase(notice_given_on: date, notice_days: int) -> date:
    """The first day of a month that is at least so many days after the notice.

    Raises:
        NoticeInvalid: the length of the notice is below zero or beyond every calendar.

    """
    if not 0 <= notice_days <= _MAX_NOTICE_DAYS:
        raise NoticeInvalid(
            "The notice is given in days.",
            field="notice_days",
            remedy=f"Give a whole number from 0 to {_MAX_NOTICE_DAYS}.",
        )
    day = notice_given_on + timedelta(days=notice_days)
    if day.day == 1:
        return day
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _reasons_against(old: PricePlan, new: PricePlan) -> list[str]:
    """Why the new plan may cost more; empty when it is proved that it never does."""
    if old == new or new.model is PriceModel.FREE:
        return []
    if new.model in METERED and old.model in METERED:
        return _metered_reasons(old, new)
    if new.model is not old.model:
        return [gettext("The model changes, so for some use the new price may be higher.")]
    if new.term is not old.term:
        return [gettext("The fee is for another length of time.")]
    return _fee_reasons(old, new)


def _metered_reasons(old: PricePlan, new: PricePlan) -> list[str]:
    old_curve, new_curve = _curve(old), _curve(new)
    reasons = []
    if new.unit is not old.unit and (new.unit, old.unit) not in _NEVER_MORE:
        return [gettext("Another thing is counted, so for some use the new price may be higher.")]
    if not _is_cheaper(old, new, old_curve, new_curve):
        reasons.append(gettext("For some use the new unit prices or free quantities give a higher amount."))
    if not _is_trial_kept(old, new):
        reasons.append(gettext("The trial gets shorter or is counted in another way."))
    needs_rising = old.trial != new.trial or old.unit is not new.unit
    if needs_rising and not new_curve.never_falls():
        reasons.append(gettext("With the new volume tiers a smaller charged quantity may cost more."))
    return reasons + _limit_reasons(old, new)


def _is_cheaper(old: PricePlan, new: PricePlan, old_curve: Curve, new_curve: Curve) -> bool:
    """Never above in micro-yuan, and in such a form that rounding to fen cannot turn it round."""
    if old_curve.rounds_once() and new_curve.rounds_once():
        return is_never_above(new_curve, old_curve)
    # Tier by tier, each line of the new bill is at most the same line of the old one, and so when rounded.
    old_tiers, new_tiers = old_curve.tiers, new_curve.tiers
    same_form = old_tiers.mode is new_tiers.mode and [tier.up_to for tier in old_tiers.steps] == [
        tier.up_to for tier in new_tiers.steps
    ]
    return (
        same_form
        and new.free >= old.free
        and all(
            fresh.unit_price_micro <= stale.unit_price_micro
            for fresh, stale in zip(new_tiers.steps, old_tiers.steps, strict=True)
        )
    )


def _is_trial_kept(old: PricePlan, new: PricePlan) -> bool:
    if old.trial is None or old.trial == new.trial:
        return old.trial is None or old.unit is new.unit
    if new.trial is None or old.unit is not new.unit:
        return False
    if old.trial.units is not None:
        return new.trial.units is not None and new.trial.units >= old.trial.units
    return new.trial.days is not None and new.trial.days >= (old.trial.days or 0)


def _fee_reasons(old: PricePlan, new: PricePlan) -> list[str]:
    """Member by member: each line of the new bill is then at most the same line of the old one."""
    reasons = []
    if new.share_bp > old.share_bp:
        reasons.append(gettext("The share of the revenue goes up."))
    if new.fee_micro > old.fee_micro:
        reasons.append(gettext("The fee goes up."))
    if new.unit is not old.unit and new.included is not None:
        reasons.append(gettext("The fee includes another kind of quantity."))
    elif new.included is not None and (old.included is None or new.included < old.included):
        reasons.append(gettext("The fee includes less."))
    elif new.included is not None and new.over_price_micro > old.over_price_micro:
        reasons.append(gettext("Use beyond the included quantity gets dearer."))
    if old.expiry_days is not None and (new.expiry_days or 0) < old.expiry_days:
        reasons.append(gettext("The package expires earlier."))
    return reasons + _limit_reasons(old, new)


def _limit_reasons(old: PricePlan, new: PricePlan) -> list[str]:
    reasons = []
    if new.minimum_micro > old.minimum_micro:
        reasons.append(gettext("The least amount of a month goes up."))
    is_capped_higher = old.cap_micro is not None and (
        new.cap_micro is None or new.cap_micro > old.cap_micro
    )
    # An unlimited subscription never costs more than its fee, which is compared already.
    if is_capped_higher and not (new.model is PriceModel.SUBSCRIPTION and new.included is None):
        reasons.append(gettext("The largest amount of a month goes up or is gone."))
    return reasons


def _is_contained(old: TaxTerms | None, new: TaxTerms | None) -> bool:
    """Whether both prices contain the tax, so that its rate changes nothing for the buyer."""
    return old is not None and new is not None and old.included and new.included


def _tax_reason(old: TaxTerms, new: TaxTerms) -> str | None:
    if new.included or new.rate_bp == 0:
        return None
    if old.included:
        return gettext("Tax is added to prices that contained it before.")
    return gettext("The tax rate goes up.") if new.rate_bp > old.rate_bp else None


def _curve(plan: PricePlan) -> Curve:
    return Curve(plan.free, plan.tiers or Tiers.flat(0), (plan.unit or Unit.ROWS).size)
