"""Any price plan and any rated line in words, in the reader's language; nothing else words a price."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from exchange.core.i18n import gettext, ngettext
from exchange.pricing.kinds import METERED, PriceModel, TermLength, Trial
from exchange.pricing.plan import PricePlan
from exchange.pricing.tiers import TierMode, Tiers
from exchange.pricing.units import Unit


class PriceRow(NamedTuple):
    """One row of a price table: what is paid for, and what it costs."""

    what: str
    price: str


def price_words(plan: PricePlan | Mapping[str, Any]) -> str:
    """A price plan in one sentence."""
    plan = _read(plan)
    if plan.model is PriceModel.FREE:
        return gettext("Free of charge, for public welfare") if plan.public_welfare else gettext("Free")
    if plan.model in METERED:
        parts = [_metered_words(plan), *_modifier_words(plan)]
    elif plan.model is PriceModel.REVENUE_SHARE:
        share = percent_text(plan.share_bp)
        parts = [gettext("%(share)s of the declared revenue", share=share), *_limit_words(plan)]
    else:
        parts = [*_fee_words(plan), *_limit_words(plan)]
    words, *extras = parts
    for extra in extras:
        words = gettext("%(price)s, %(extra)s", price=words, extra=extra)
    return words


def price_table(plan: PricePlan | Mapping[str, Any]) -> list[PriceRow]:
    """A price plan as a table, everything that the sentence leaves out included."""
    plan = _read(plan)
    if plan.model is PriceModel.FREE:
        rows = [PriceRow(gettext("Every use"), gettext("free"))]
    elif plan.model in METERED:
        rows = _metered_rows(plan)
    elif plan.model is PriceModel.REVENUE_SHARE:
        rows = [
            PriceRow(gettext("Share of the declared revenue"), percent_text(plan.share_bp)),
            PriceRow(gettext("Declared by"), gettext("the buyer, for every calendar month")),
        ]
    else:
        rows = _fee_rows(plan)
    if plan.minimum_micro:
        rows.append(PriceRow(gettext("At least in a month"), yuan_words(plan.minimum_micro)))
    if plan.cap_micro is not None:
        rows.append(PriceRow(gettext("At most in a month"), yuan_words(plan.cap_micro)))
    return rows


def yuan_text(micro: int) -> str:
    """Micro-yuan as yuan, with as many decimals as they need and two at least."""
    sign, (whole, rest) = "-" if micro < 0 else "", divmod(abs(micro), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole:,}.{decimals.ljust(2, '0')}"


def yuan_words(micro: int) -> str:
    """An amount with its sign of currency."""
    return f"{'-' if micro < 0 else ''}¥{yuan_text(abs(micro))}"


def percent_text(basis_points: int) -> str:
    """Basis points as a percentage."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def _read(plan: PricePlan | Mapping[str, Any]) -> PricePlan:
    return plan if isinstance(plan, PricePlan) else PricePlan.from_json(plan)


def _metered_words(plan: PricePlan) -> str:
    unit, tiers = _unit(plan), plan.tiers or Tiers.flat(0)
    prices = [tier.unit_price_micro for tier in tiers.steps]
    if len(prices) == 1:
        return _price_of_one(unit, yuan_text(prices[0]))
    span = _price_of_one(unit, f"{yuan_text(min(prices))}–{yuan_text(max(prices))}")
    if tiers.mode is TierMode.GRADUATED:
        return gettext("%(prices)s in %(count)s graduated tiers", prices=span, count=len(prices))
    return gettext("%(prices)s in %(count)s volume tiers", prices=span, count=len(prices))


def _modifier_words(plan: PricePlan) -> list[str]:
    parts = []
    if plan.free:
        parts.append(
            gettext("the first %(quantity)s of a month free", quantity=counted(_unit(plan), plan.free))
        )
    if plan.trial is not None:
        parts.append(gettext("trial: %(trial)s free", trial=_trial_words(_unit(plan), plan.trial)))
    return parts + _limit_words(plan)


def _limit_words(plan: PricePlan) -> list[str]:
    parts = []
    if plan.minimum_micro:
        parts.append(gettext("at least %(amount)s a month", amount=yuan_words(plan.minimum_micro)))
    if plan.cap_micro is not None:
        parts.append(gettext("at most %(amount)s a month", amount=yuan_words(plan.cap_micro)))
    return parts


def _fee_words(plan: PricePlan) -> list[str]:
    fee = yuan_text(plan.fee_micro)
    if plan.model is PriceModel.ONE_OFF:
        return [gettext("¥%(price)s once", price=fee)]
    if plan.model is PriceModel.PACKAGE:
        parts = [
            gettext(
                "¥%(price)s for %(quantity)s within %(days)s",
                price=fee,
                quantity=counted(_unit(plan), plan.included or 0),
                days=_days(plan.expiry_days or 0),
            )
        ]
    else:
        parts = [_term_words(plan.term, fee), _included_words(plan)]
    if plan.included is not None:
        then = _price_of_one(_unit(plan), yuan_text(plan.over_price_micro))
        parts.append(gettext("then %(price)s", price=then))
    return parts


def _term_words(term: TermLength | None, fee: str) -> str:
    if term is TermLength.YEAR:
        return gettext("¥%(price)s a year", price=fee)
    if term is TermLength.QUARTER:
        return gettext("¥%(price)s a quarter", price=fee)
    return gettext("¥%(price)s a month", price=fee)


def _included_words(plan: PricePlan) -> str:
    unit = _unit(plan)
    if plan.included is not None:
        return gettext("%(quantity)s included", quantity=counted(unit, plan.included))
    return {
        Unit.ROWS: gettext("rows included"),
        Unit.CALLS: gettext("calls included"),
        Unit.HITS: gettext("hits included"),
        Unit.MB: gettext("volume included"),
        Unit.FILES: gettext("files included"),
    }[unit]


def _metered_rows(plan: PricePlan) -> list[PriceRow]:
    unit, tiers, rows = _unit(plan), plan.tiers or Tiers.flat(0), []
    if plan.trial is not None:
        rows.append(
            PriceRow(gettext("Trial: %(trial)s", trial=_trial_words(unit, plan.trial)), gettext("free"))
        )
    if plan.free:
        quantity = counted(unit, plan.free)
        rows.append(
            PriceRow(gettext("The first %(quantity)s of a month", quantity=quantity), gettext("free"))
        )
    if unit is Unit.HITS:
        rows.append(PriceRow(gettext("Calls that find nothing"), gettext("free")))
    return rows + _tier_rows(unit, tiers, is_rest=bool(rows))


def _tier_rows(unit: Unit, tiers: Tiers, *, is_rest: bool) -> list[PriceRow]:
    prices = [_price_of_one(unit, yuan_text(tier.unit_price_micro)) for tier in tiers.steps]
    if len(prices) == 1:
        return [PriceRow(gettext("Every further use") if is_rest else gettext("Every use"), prices[0])]
    ends = [0, *(tier.up_to or 0 for tier in tiers.steps)]
    return [
        PriceRow(_span_words(unit, below, end, tiers.mode), price)
        for (below, end), price in zip(pairwise(ends), prices, strict=True)
    ]


def _span_words(unit: Unit, below: int, end: int, mode: TierMode) -> str:
    """Which use a tier prices; the last one has no end."""
    least, most = counted(unit, below), counted(unit, end)
    if mode is TierMode.GRADUATED:
        if not below:
            return gettext("Up to %(most)s", most=most)
        if not end:
            return gettext("Above %(least)s", least=least)
        return gettext("Above %(least)s, up to %(most)s", least=least, most=most)
    if not below:
        return gettext("All, when at most %(most)s", most=most)
    if not end:
        return gettext("All, when more than %(least)s", least=least)
    return gettext("All, when more than %(least)s and at most %(most)s", least=least, most=most)


def _fee_rows(plan: PricePlan) -> list[PriceRow]:
    fee = yuan_text(plan.fee_micro)
    if plan.model is PriceModel.ONE_OFF:
        return [PriceRow(gettext("Once for the agreement"), f"¥{fee}")]
    if plan.model is PriceModel.PACKAGE:
        rows = [
            PriceRow(gettext("Package, once"), f"¥{fee}"),
            PriceRow(gettext("Included"), counted(_unit(plan), plan.included or 0)),
            PriceRow(gettext("Valid from the first day of the agreement"), _days(plan.expiry_days or 0)),
        ]
    else:
        rows = [
            PriceRow(gettext("Fee"), _term_words(plan.term, fee)),
            PriceRow(gettext("Included"), _included(plan)),
        ]
    if plan.included is not None:
        then = _price_of_one(_unit(plan), yuan_text(plan.over_price_micro))
        rows.append(PriceRow(gettext("Beyond what is included"), then))
    return rows


def _included(plan: PricePlan) -> str:
    return gettext("everything") if plan.included is None else counted(_unit(plan), plan.included)


def _trial_words(unit: Unit, trial: Trial) -> str:
    if trial.units is not None:
        return gettext("the first %(quantity)s of the agreement", quantity=counted(unit, trial.units))
    return gettext("the first %(quantity)s of the agreement", quantity=_days(trial.days or 0))


def counted(unit: Unit, number: int) -> str:
    """So many of a unit."""
    count = f"{number:,}"
    if unit is Unit.CALLS:
        return ngettext("%(count)s call", "%(count)s calls", number, count=count)
    if unit is Unit.HITS:
        return ngettext("%(count)s hit", "%(count)s hits", number, count=count)
    if unit is Unit.MB:
        return gettext("%(count)s MB", count=count)
    if unit is Unit.FILES:
        return ngettext("%(count)s file", "%(count)s files", number, count=count)
    return ngettext("%(count)s row", "%(count)s rows", number, count=count)


def _days(number: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", number, count=f"{number:,}")


def _price_of_one(unit: Unit, price: str) -> str:
    return {
        Unit.ROWS: gettext("¥%(price)s a row", price=price),
        Unit.CALLS: gettext("¥%(price)s a call", price=price),
        Unit.HITS: gettext("¥%(price)s a hit", price=price),
        Unit.MB: gettext("¥%(price)s an MB", price=price),
        Unit.FILES: gettext("¥%(price)s a file", price=price),
    }[unit]


def _unit(plan: PricePlan) -> Unit:
    return plan.unit or Unit.ROWS
