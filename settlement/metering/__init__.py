"""From kept day totals to billable quantities, with the proof that they are those of the delivery records."""

from settlement.metering.queries import Measured, find_in_force, last_usage_epochs, measure
from settlement.metering.span import Span

__all__ = ["Measured", "Span", "find_in_force", "last_usage_epochs", "measure"]
