"""The gate: may this buyer have this now? Every delivery is recorded before its first byte leaves."""

from contracts.deliveries.queries import (
    UsageTotals,
    delivered_on_days,
    delivered_totals,
    find_usage_days,
    usage_on_days,
    usage_totals,
)
from contracts.deliveries.service import close_epoch, follow_listing, join_epoch, open_meter

__all__ = [
    "UsageTotals",
    "close_epoch",
    "delivered_on_days",
    "delivered_totals",
    "find_usage_days",
    "follow_listing",
    "join_epoch",
    "open_meter",
    "usage_on_days",
    "usage_totals",
]
