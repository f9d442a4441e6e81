"""What a signed price plan charges for given quantities.

Pure, so the listing simulates, the gate quotes, the statement charges and an offline verifier recomputes with
the same code. Others may use `PricePlan`, `Quantities`, `RatedLine`, `rate`, `quote` and the errors.
"""

from exchange.pricing.plan import PriceModel, PricePlan, PricePlanInvalid
from exchange.pricing.rating import AmountOutOfRange, Quantities, QuantityInvalid, RatedLine, quote, rate

__all__ = [
    "AmountOutOfRange",
    "PriceModel",
    "PricePlan",
    "PricePlanInvalid",
    "Quantities",
    "QuantityInvalid",
    "RatedLine",
    "quote",
    "rate",
]
