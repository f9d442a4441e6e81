"""What a signed price plan charges for given quantities.

Pure, so the listing simulates, the gate quotes, the statement charges and an offline verifier recomputes with
the same code. Others may use what is named here.
"""

from exchange.pricing.kinds import PriceModel, PricePlanInvalid, TermLength
from exchange.pricing.life import Reach, reach_of, state_of
from exchange.pricing.plan import PricePlan
from exchange.pricing.protection import Direction, PriceChange, compare_plans, earliest_increase
from exchange.pricing.rating import AmountOutOfRange, RatedLine, quote, rate
from exchange.pricing.simulation import DatedUse, Simulation, dated_use, simulate, simulate_period
from exchange.pricing.tax import TaxedAmount, TaxTerms, tax_amount
from exchange.pricing.usage import (
    FIRST_PERIOD,
    MAX_REVENUE_FEN,
    NOTHING,
    QUANTITY_NAMES,
    UNDECLARED,
    Declared,
    Life,
    Quantities,
    QuantityInvalid,
    Usage,
)

__all__ = [
    "FIRST_PERIOD",
    "MAX_REVENUE_FEN",
    "NOTHING",
    "QUANTITY_NAMES",
    "UNDECLARED",
    "AmountOutOfRange",
    "DatedUse",
    "Declared",
    "Direction",
    "Life",
    "PriceChange",
    "PriceModel",
    "PricePlan",
    "PricePlanInvalid",
    "Quantities",
    "QuantityInvalid",
    "RatedLine",
    "Reach",
    "Simulation",
    "TaxTerms",
    "TaxedAmount",
    "TermLength",
    "Usage",
    "compare_plans",
    "dated_use",
    "earliest_increase",
    "quote",
    "rate",
    "reach_of",
    "simulate",
    "simulate_period",
    "state_of",
    "tax_amount",
]
