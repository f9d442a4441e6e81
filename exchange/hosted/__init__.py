"""Products whose data stay with the provider 数据不出域: the described API, and the test that it answers so."""

from exchange.hosted.description import HostedApi
from exchange.hosted.queries import ConnectionTestCard, find_passed_test

__all__ = ["ConnectionTestCard", "HostedApi", "find_passed_test"]
