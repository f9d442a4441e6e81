"""Facts about provider-hosted products."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class ApiDescribed:
    """A provider described its API, or described it anew; the address is only in the digest."""

    type: ClassVar[str] = "hosted.api_described"
    hosted_id: str
    version: int
    organisation_id: str
    api_sha256: str
    #: The description as buyers see it.
    description: dict[str, Any]


@dataclass(frozen=True)
class ConnectionTested:
    """The exchange tried a described API once; the checks say what held."""

    type: ClassVar[str] = "hosted.connection_tested"
    test_id: str
    organisation_id: str
    api_sha256: str
    passed: bool
    checks: list[dict[str, Any]]
