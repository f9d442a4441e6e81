"""What can go wrong with webhooks."""

from exchange.core.errors import LimitExceeded


class TooManyEndpoints(LimitExceeded):
    """An organisation has as many endpoints as it may have."""

    code = "too-many-endpoints"
