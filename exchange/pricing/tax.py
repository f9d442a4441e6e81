"""Tax on a bill: once on its sum, half up, so that net and tax always add back to the gross amount."""

from dataclasses import dataclass

from exchange.core.errors import Invalid
from exchange.core.money import BASIS_POINTS


class TaxTermsInvalid(Invalid):
    """The rate is no whole number of basis points from 0 to 10,000."""

    code = "tax-terms-invalid"


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """The rate that a listing states, and whether its prices contain the tax."""

    rate_bp: int = 0
    included: bool = True

    def __post_init__(self) -> None:
        if type(self.rate_bp) is not int or not 0 <= self.rate_bp <= BASIS_POINTS:
            raise TaxTermsInvalid(
                "The tax rate is in basis points.",
                field="tax_rate_bp",
                remedy=f"Give a whole number from 0 to {BASIS_POINTS}; 600 is six percent.",
            )


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount in fen; `net_fen + tax_fen == gross_fen`."""

    net_fen: int
    tax_fen: int
    gross_fen: int


def tax_amount(amount_fen: int, terms: TaxTerms) -> TaxedAmount:
    """Split an amount at the prices of a plan into net, tax and gross.

    Where prices contain the tax the amount is gross and the net is rounded; else the amount is net and the
    tax is rounded. A credit is split like its charge.
    """
    sign, amount = (-1, -amount_fen) if amount_fen < 0 else (1, amount_fen)
    if terms.included:
        net, gross = _half_up(amount * BASIS_POINTS, BASIS_POINTS + terms.rate_bp), amount
    else:
        net, gross = amount, amount + _half_up(amount * terms.rate_bp, BASIS_POINTS)
    return TaxedAmount(sign * net, sign * (gross - net), sign * gross)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
