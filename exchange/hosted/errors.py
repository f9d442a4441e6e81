"""Refusals about provider-hosted products."""

from exchange.core.errors import Conflict


class ConnectionNotTested(Conflict):
    """No test of exactly this description has passed of late, so nobody reviews a listing of it."""

    code = "connection-not-tested"
