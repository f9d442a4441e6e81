"""Facts about listings."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class ListingVersionWritten:
    """A provider wrote a version; the whole content is kept as evidence of what was offered."""

    type: ClassVar[str] = "listing.version_written"
    listing_id: str
    version: int
    revision_id: str
    digest: str
    content: dict[str, Any]


@dataclass(frozen=True)
class ListingVersionSubmitted:
    """The provider asked for review."""

    type: ClassVar[str] = "listing.version_submitted"
    listing_id: str
    version: int


@dataclass(frozen=True)
class ListingVersionDecided:
    """The operator listed or rejected the version."""

    type: ClassVar[str] = "listing.version_decided"
    listing_id: str
    version: int
    decision: str
    reason: str
