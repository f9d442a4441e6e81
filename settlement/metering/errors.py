"""How metering refuses."""

from exchange.core.errors import Conflict


class TotalsNotProven(Conflict):
    """The kept day totals are not those of the delivery records; nothing is billed until somebody knows why."""

    code = "totals-not-proven"
