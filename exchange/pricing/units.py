"""What is counted, and in what units a plan prices it."""

from enum import StrEnum
from typing import Final

from exchange.pricing.usage import Quantities

#: One MB of a price plan: a decimal megabyte of delivered payload.
BYTES_PER_MB: Final = 1_000_000


class Meter(StrEnum):
    """What a line of a bill counts.

    `CALLS` are the calls that succeeded. `MONTHS`, `QUARTERS`, `YEARS` and `ONCE` are 1 in the period in which
    the fee falls due; `PERIOD` is 1 where the whole period's bill is lifted or cut. `REVENUE` are the fen that
    the buyer declared, `DECLARATIONS` how often it did, and `UNDECLARED` is 1 while it has not.
    """

    ROWS = "rows"
    CALLS = "calls"
    HITS = "hits"
    MISSES = "misses"
    BYTES = "bytes"
    FILES = "files"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"
    ONCE = "once"
    PERIOD = "period"
    REVENUE = "revenue"
    DECLARATIONS = "declarations"
    UNDECLARED = "undeclared"


class Unit(StrEnum):
    """What a price is for; the value is the word that ends a member's name, as in `free_rows`."""

    ROWS = "rows"
    CALLS = "calls"
    HITS = "hits"
    MB = "mb"
    FILES = "files"

    @property
    def meter(self) -> Meter:
        """What is counted for it."""
        return Meter.BYTES if self is Unit.MB else Meter(self.value)

    @property
    def size(self) -> int:
        """How many counted things make one priced unit; bytes are priced exactly, by the MB."""
        return BYTES_PER_MB if self is Unit.MB else 1

    def of(self, quantities: Quantities) -> int:
        """How much of it was used."""
        return measure(self.meter, quantities)


def measure(meter: Meter, used: Quantities) -> int:
    """What a meter shows for the used quantities."""
    return {
        Meter.ROWS: used.rows,
        Meter.CALLS: used.succeeded,
        Meter.HITS: used.hits,
        Meter.MISSES: max(0, used.calls - used.hits),
        Meter.BYTES: used.size_bytes,
        Meter.FILES: used.files,
    }[meter]
