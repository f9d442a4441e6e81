"""Reading a plan from JSON, strictly: every refusal names the member and says what to write instead."""

from collections.abc import Mapping
from typing import Any, Final

from exchange.core.money import BASIS_POINTS, MICRO_PER_FEN
from exchange.pricing.kinds import (
    LARGEST_SIGNED_INTEGER,
    METERED,
    PriceModel,
    PricePlanInvalid,
    TermLength,
    Trial,
)
from exchange.pricing.tiers import Tier, TierMode, Tiers
from exchange.pricing.units import Unit

#: The included quantity of a subscription that covers everything.
UNLIMITED: Final = "unlimited"
#: A table that no reader takes in is no price; the longest tariffs in use have about ten steps.
MAX_TIERS: Final = 20
#: A hundred years: longer than any agreement, and small enough for every calendar.
MAX_DAYS: Final = 36_500
_MODIFIERS: Final = ("cap_micro", "minimum_micro", "tiers", "trial")


def read_members(document: Any) -> dict[str, Any]:
    """The members of a `PricePlan` that a document describes.

    Raises:
        PricePlanInvalid: a member is unknown, missing, of the wrong type or out of range.

    """
    _require_object(document, None)
    model = _read_model(document)
    if model in METERED:
        members = _read_metered(document, METERED[model])
    elif model is PriceModel.SUBSCRIPTION:
        members = _read_subscription(document)
    elif model is PriceModel.PACKAGE:
        members = _read_package(document)
    elif model is PriceModel.ONE_OFF:
        members = _read_one_off(document)
    elif model is PriceModel.REVENUE_SHARE:
        members = _read_share(document)
    else:
        members = _read_free(document)
    return {"model": model, **members}


def _read_metered(document: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    free = f"free_{unit}"
    _require_known(document, ("model", "unit_price_micro", free, *_MODIFIERS))
    minimum, cap = _read_minimum_and_cap(document)
    return {
        "unit": unit,
        "tiers": _read_prices(document),
        "free": _read_integer(document, free, default=0),
        "trial": _read_trial(document),
        "minimum_micro": minimum,
        "cap_micro": cap,
    }


def _read_subscription(document: Mapping[str, Any]) -> dict[str, Any]:
    included = _included_member(document, default="included_rows")
    _require_known(document, ("model", "fee_micro", "term", included, "over_price_micro", "cap_micro"))
    fee, quantity = _read_integer(document, "fee_micro"), None
    if document.get(included, UNLIMITED) != UNLIMITED:
        quantity = _read_integer(document, included, remedy='or "unlimited"')
    elif "over_price_micro" in document:
        raise invalid(
            "over_price_micro",
            "Nothing is beyond an unlimited quantity.",
            f"Leave it out, or give {included} as a number.",
        )
    _, cap = _read_minimum_and_cap(document)
    if cap is not None and (quantity is None or cap < fee):
        raise invalid(
            "cap_micro",
            "The cap of a subscription limits fee and over-quota use together.",
            "Give it with an included quantity, and not below the fee.",
        )
    return {
        "unit": _unit_of(included),
        "fee_micro": fee,
        "term": _read_choice(document, "term", TermLength, default=TermLength.MONTH),
        "included": quantity,
        "over_price_micro": 0 if quantity is None else _read_integer(document, "over_price_micro"),
        "cap_micro": cap,
    }


def _read_package(document: Mapping[str, Any]) -> dict[str, Any]:
    included = _included_member(document, default=None)
    _require_known(document, ("model", "fee_micro", included, "expiry_days", "over_price_micro"))
    return {
        "unit": _unit_of(included),
        "fee_micro": _read_integer(document, "fee_micro"),
        "included": _read_integer(document, included, least=1),
        "expiry_days": _read_integer(document, "expiry_days", least=1, most=MAX_DAYS),
        "over_price_micro": _read_integer(document, "over_price_micro"),
    }


def _read_one_off(document: Mapping[str, Any]) -> dict[str, Any]:
    _require_known(document, ("model", "fee_micro"))
    return {"fee_micro": _read_integer(document, "fee_micro")}


def _read_share(document: Mapping[str, Any]) -> dict[str, Any]:
    _require_known(document, ("model", "share_bp", "minimum_micro", "cap_micro"))
    minimum, cap = _read_minimum_and_cap(document)
    return {
        "share_bp": _read_integer(document, "share_bp", least=1, most=BASIS_POINTS),
        "minimum_micro": minimum,
        "cap_micro": cap,
    }


def _read_free(document: Mapping[str, Any]) -> dict[str, Any]:
    _require_known(document, ("model", "public_welfare"))
    value = document.get("public_welfare", False)
    if not isinstance(value, bool):
        raise invalid("public_welfare", "This is neither true nor false.", "Give true or false.")
    return {"public_welfare": value}


def _read_prices(document: Mapping[str, Any]) -> Tiers:
    if "tiers" not in document:
        return Tiers.flat(_read_integer(document, "unit_price_micro"))
    if "unit_price_micro" in document:
        raise invalid(
            "unit_price_micro",
            "A plan with tiers has its prices in the steps.",
            "Leave it out, or the tiers.",
        )
    table = document["tiers"]
    _require_object(table, "tiers")
    _require_known(table, ("mode", "steps"), within="tiers.")
    mode = _read_choice(table, "mode", TierMode, within="tiers.")
    steps = table.get("steps")
    if not isinstance(steps, list) or not 2 <= len(steps) <= MAX_TIERS:
        raise invalid(
            "tiers.steps",
            "This is no list of tiers.",
            f"Give 2 to {MAX_TIERS} tiers in rising order; one price is `unit_price_micro`.",
        )
    return Tiers(mode, _read_steps(steps))


def _read_steps(steps: list[Any]) -> tuple[Tier, ...]:
    read, reached = [], 0
    for place, step in enumerate(steps):
        within = f"tiers.steps.{place}."
        _require_object(step, within.rstrip("."))
        _require_known(step, ("up_to", "unit_price_micro"), within=within)
        price = _read_integer(step, "unit_price_micro", within=within)
        if place == len(steps) - 1:
            if step.get("up_to", 0) is not None:
                raise invalid(f"{within}up_to", "The last tier has no end.", "Give null.")
            read.append(Tier(None, price))
        else:
            reached = _read_integer(step, "up_to", least=reached + 1, within=within)
            read.append(Tier(reached, price))
    return tuple(read)


def _read_trial(document: Mapping[str, Any]) -> Trial | None:
    if "trial" not in document:
        return None
    trial = document["trial"]
    _require_object(trial, "trial")
    _require_known(trial, ("days", "units"), within="trial.")
    if len(trial) != 1:
        raise invalid(
            "trial", "A trial is counted in units or in days.", "Give `units` or `days`, one of them."
        )
    if "units" in trial:
        return Trial(units=_read_integer(trial, "units", least=1, within="trial."))
    return Trial(days=_read_integer(trial, "days", least=1, most=MAX_DAYS, within="trial."))


def _read_minimum_and_cap(document: Mapping[str, Any]) -> tuple[int, int | None]:
    minimum = _read_whole_fen(document, "minimum_micro") or 0
    cap = _read_whole_fen(document, "cap_micro")
    if cap is not None and cap < minimum:
        raise invalid("cap_micro", "The cap is below the minimum.", "Raise the cap or lower the minimum.")
    return minimum, cap


def _read_whole_fen(document: Mapping[str, Any], member: str) -> int | None:
    if member not in document:
        return None
    value = _read_integer(document, member)
    if value % MICRO_PER_FEN:
        raise invalid(
            member,
            "A bill is in whole fen, and so is its least or largest amount.",
            f"Give a multiple of {MICRO_PER_FEN} micro-yuan.",
        )
    return value


def _included_member(document: Mapping[str, Any], *, default: str | None) -> str:
    names = [f"included_{unit}" for unit in Unit]
    given = [name for name in names if name in document]
    if len(given) > 1:
        raise invalid(given[1], "A plan includes one kind of quantity.", f"Leave it out, or {given[0]}.")
    if given:
        return given[0]
    if default is None:
        raise invalid("included_rows", "A package includes a quantity.", f"Give one of {', '.join(names)}.")
    return default


def _unit_of(included: str) -> Unit:
    return Unit(included.removeprefix("included_"))


def _read_model(document: Mapping[str, Any]) -> PriceModel:
    return PriceModel(_read_choice(document, "model", PriceModel))


def _read_choice(
    document: Mapping[str, Any], member: str, kind: Any, *, default: Any = None, within: str = ""
) -> Any:
    value = document.get(member, default)
    if not isinstance(value, str) or value not in {item.value for item in kind}:
        what = member.replace("_", " ")
        raise invalid(f"{within}{member}", f"There is no such {what}.", f"Use one of {', '.join(kind)}.")
    return kind(value)


def _read_integer(
    document: Mapping[str, Any],
    member: str,
    *,
    default: int | None = None,
    least: int = 0,
    most: int = LARGEST_SIGNED_INTEGER,
    within: str = "",
    remedy: str = "",
) -> int:
    value = document.get(member, default)
    # `type`, not `isinstance`: true is an int to Python and must not become a price of one.
    if type(value) is not int or not least <= value <= most:
        unit = _UNITS_IN_WORDS.get(member.rpartition("_")[2], "")
        raise invalid(
            f"{within}{member}",
            "This is not a whole number in the permitted range.",
            f"Give a whole number{unit} from {least} to {most}{f' {remedy}' if remedy else ''}.",
        )
    return value


#: By how a member's name ends, what its number counts.
_UNITS_IN_WORDS: Final = {"micro": " in micro-yuan", "bp": " of basis points"}


def _require_object(value: Any, member: str | None) -> None:
    if not isinstance(value, Mapping):
        if member is None:
            raise invalid(None, "A price plan is an object.", "Give an object with the member `model`.")
        raise invalid(
            member, "This is no object.", "Give an object, as the reference of price plans shows."
        )


def _require_known(document: Mapping[str, Any], known: tuple[str, ...], *, within: str = "") -> None:
    for name in document:
        if name not in known:
            what = document.get("model", "This part of a plan") if not within else "This part of a plan"
            raise invalid(
                f"{within}{name}", f"{what} has no such member.", f"Use only {', '.join(sorted(known))}."
            )


def invalid(member: str | None, detail: str, remedy: str) -> PricePlanInvalid:
    """A refusal that names the member of the plan."""
    field = f"price_plan.{member}" if member else "price_plan"
    return PricePlanInvalid(detail, field=field, remedy=remedy)
