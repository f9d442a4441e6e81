"""Products whose data stay with the provider 数据不出域: the described API, and the test that it answers so."""

from exchange.hosted.description import HostedApi
from exchange.hosted.queries import (
    ConnectionTestCard,
    DescribedApi,
    find_passed_test,
    find_tests_of,
    get_described_api,
    get_own_api,
    require_tested,
)

__all__ = [
    "ConnectionTestCard",
    "DescribedApi",
    "HostedApi",
    "find_passed_test",
    "find_tests_of",
    "get_described_api",
    "get_own_api",
    "require_tested",
]
