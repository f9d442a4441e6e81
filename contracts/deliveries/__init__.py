"""The gate: may this buyer have this now? Every delivery is recorded before its first byte leaves."""

from contracts.deliveries.events import QuotaReached
from contracts.deliveries.holds import (
    answer_holds,
    follow_end,
    follow_lifting,
    follow_listing,
    follow_order,
)
from contracts.deliveries.queries import (
    UsageTotals,
    delivered_on_days,
    delivered_totals,
    find_usage_days,
    usage_on_days,
    usage_totals,
)
from contracts.deliveries.service import answer_last_use, close_epoch, join_epoch, open_meter

__all__ = [
    "QuotaReached",
    "UsageTotals",
    "answer_holds",
    "answer_last_use",
    "close_epoch",
    "delivered_on_days",
    "delivered_totals",
    "find_usage_days",
    "follow_end",
    "follow_lifting",
    "follow_listing",
    "follow_order",
    "join_epoch",
    "open_meter",
    "usage_on_days",
    "usage_totals",
]
