"""Refusals of negotiations."""

from exchange.core.errors import Conflict


class ProxyNotAvailable(Conflict):
    """The data stay with the provider, and this exchange does not deliver through a provider's API yet."""

    code = "proxy-not-available"
