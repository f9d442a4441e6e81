"""The two levels of review: a second person of the provider, then the operator; every step is kept."""

from exchange.catalogue.review.deadlines import ReviewDays
from exchange.catalogue.review.decision import decide_version
from exchange.catalogue.review.submission import approve_version, submit_version, withdraw_version

__all__ = ["ReviewDays", "approve_version", "decide_version", "submit_version", "withdraw_version"]
