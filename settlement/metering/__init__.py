"""From kept day totals to billable quantities, with the proof that they are those of the delivery records."""

from settlement.metering.billable import Billable, life_json
from settlement.metering.queries import Measured, billable, find_in_force, last_usage_epochs, measure
from settlement.metering.span import Span

__all__ = [
    "Billable",
    "Measured",
    "Span",
    "billable",
    "find_in_force",
    "last_usage_epochs",
    "life_json",
    "measure",
]
