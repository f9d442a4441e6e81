"""A price plan: the part of the signed terms that says what a unit of use costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from exchange.core.errors import Invalid
from exchange.pricing.tiers import Charge, Meter, Tier

#: RFC 8785 writes numbers as IEEE doubles; a larger integer has no canonical bytes and could not be signed.
LARGEST_SIGNED_INTEGER: Final = 2**53 - 1

#: The only content of a subscription so far: as many rows as the quota of the agreement lets through.
UNLIMITED: Final = "unlimited"


class PricePlanInvalid(Invalid):
    """The plan cannot be rated; `field` names the member of the plan to change."""

    code = "price-plan-invalid"


class PriceModel(StrEnum):
    """How a provider may charge."""

    PER_ROW = "per_row"
    PER_CALL = "per_call"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class PricePlan:
    """A checked plan; two plans are equal exactly when they charge the same by the same model."""

    model: PriceModel
    charges: tuple[Charge, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "PricePlan":
        """Read a plan as it stands in the terms; what may be left out gets its default.

        Raises:
            PricePlanInvalid: a member is unknown, missing, of the wrong type or out of range.

        """
        if not isinstance(document, Mapping):
            raise _invalid(None, "A price plan is an object.", "Give an object with the member `model`.")
        model = _read_model(document)
        known = {"model", *_MEMBERS[model]}
        for name in document:
            if name not in known:
                raise _invalid(
                    name, f"{model} has no such member.", f"Use only {', '.join(sorted(known))}."
                )
        return cls(model=model, charges=_READERS[model](document))

    def to_json(self) -> dict[str, int | str]:
        """Write the plan complete, defaults included: what is signed leaves nothing to be looked up."""
        last = self.charges[0].tiers[-1]
        first, second = _MEMBERS[self.model]
        return {
            "model": self.model.value,
            first: last.unit_price_micro,
            second: UNLIMITED if self.model is PriceModel.SUBSCRIPTION else last.above,
        }


#: Per model: the member that is the price, and the one that says what it includes.
_MEMBERS: Final[dict[PriceModel, tuple[str, str]]] = {
    PriceModel.PER_ROW: ("unit_price_micro", "free_rows"),
    PriceModel.PER_CALL: ("unit_price_micro", "free_calls"),
    PriceModel.SUBSCRIPTION: ("fee_micro", "included_rows"),
}


def _read_per_row(document: Mapping[str, Any]) -> tuple[Charge, ...]:
    return (_per_unit(document, meter=Meter.ROWS, free_member="free_rows"),)


def _read_per_call(document: Mapping[str, Any]) -> tuple[Charge, ...]:
    return (_per_unit(document, meter=Meter.CALLS, free_member="free_calls"),)


def _read_subscription(document: Mapping[str, Any]) -> tuple[Charge, ...]:
    if document.get("included_rows", UNLIMITED) != UNLIMITED:
        raise _invalid(
            "included_rows",
            "A subscription includes every row.",
            'Leave it out or give "unlimited"; limit the rows by the quota of the agreement.',
        )
    fee = Tier("fee_micro", "subscription-fee", 0, _read_integer(document, "fee_micro"))
    # Rows cost nothing here and are listed all the same: the buyer sees what the fee has bought.
    included = Tier("included_rows", "rows-included", 0, 0)
    return (Charge(Meter.MONTHS, (fee,)), Charge(Meter.ROWS, (included,)))


_READERS: Final[dict[PriceModel, Callable[[Mapping[str, Any]], tuple[Charge, ...]]]] = {
    PriceModel.PER_ROW: _read_per_row,
    PriceModel.PER_CALL: _read_per_call,
    PriceModel.SUBSCRIPTION: _read_subscription,
}


def _per_unit(document: Mapping[str, Any], *, meter: Meter, free_member: str) -> Charge:
    price = _read_integer(document, "unit_price_micro")
    free = _read_integer(document, free_member, default=0)
    charged = Tier("unit_price_micro", f"{meter}-charged", free, price)
    if free == 0:
        return Charge(meter, (charged,))
    return Charge(meter, (Tier(free_member, f"{meter}-free", 0, 0), charged))


def _read_model(document: Mapping[str, Any]) -> PriceModel:
    try:
        return PriceModel(document["model"])
    except (KeyError, ValueError):
        names = ", ".join(PriceModel)
        raise _invalid("model", "There is no such price model.", f"Use one of {names}.") from None


def _read_integer(document: Mapping[str, Any], member: str, *, default: int | None = None) -> int:
    value = document.get(member, default)
    # `type`, not `isinstance`: true is an int to Python and must not become a price of one.
    if type(value) is not int or not 0 <= value <= LARGEST_SIGNED_INTEGER:
        unit = " in micro-yuan" if member.endswith("_micro") else ""
        raise _invalid(
            member,
            "This is not a whole number in the permitted range.",
            f"Give a whole number{unit} from 0 to {LARGEST_SIGNED_INTEGER}.",
        )
    return value


def _invalid(member: str | None, detail: str, remedy: str) -> PricePlanInvalid:
    field = f"price_plan.{member}" if member else "price_plan"
    return PricePlanInvalid(detail, field=field, remedy=remedy)
