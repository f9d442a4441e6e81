"""Facts about provider-hosted products."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class ConnectionTested:
    """The exchange tried a described API once; the checks say what held."""

    type: ClassVar[str] = "hosted.connection_tested"
    test_id: str
    organisation_id: str
    api_sha256: str
    passed: bool
    checks: list[dict[str, Any]]
