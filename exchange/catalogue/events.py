"""Facts about listings."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class ListingVersionWritten:
    """A provider wrote a version; the whole content is kept as evidence of what was offered."""

    type: ClassVar[str] = "listing.version_written"
    listing_id: str
    version: int
    organisation_id: str
    #: None where the data stay with the provider; then the content's `hosted` names the description.
    revision_id: str | None
    digest: str
    content: dict[str, Any]


@dataclass(frozen=True)
class ListingVersionSubmitted:
    """The provider asked for review, or asked again after a supplement."""

    type: ClassVar[str] = "listing.version_submitted"
    listing_id: str
    version: int
    organisation_id: str
    note: str


@dataclass(frozen=True)
class ListingVersionApproved:
    """A second person of the provider approved the version, or returned it."""

    type: ClassVar[str] = "listing.version_approved"
    listing_id: str
    version: int
    organisation_id: str
    decision: str
    reason: str
    checklist: list[str]
    due_at: int | None


@dataclass(frozen=True)
class ListingVersionDecided:
    """The operator listed or rejected the version, or asked for a supplement."""

    type: ClassVar[str] = "listing.version_decided"
    listing_id: str
    version: int
    organisation_id: str
    decision: str
    reason: str
    missing: list[str]
    checklist: list[str]
    price_notice: dict[str, Any] | None


@dataclass(frozen=True)
class ListingVersionWithdrawn:
    """The provider took the version out of the review."""

    type: ClassVar[str] = "listing.version_withdrawn"
    listing_id: str
    version: int
    reason: str


@dataclass(frozen=True)
class ListingSuspended:
    """The listing takes no new deals for now; `effect` says what happens to the running ones."""

    type: ClassVar[str] = "listing.suspended"
    listing_id: str
    organisation_id: str
    effect: str
    reason: str


@dataclass(frozen=True)
class ListingResumed:
    """The suspension ended; deliveries go on where they were stopped."""

    type: ClassVar[str] = "listing.resumed"
    listing_id: str
    organisation_id: str
    reason: str


@dataclass(frozen=True)
class ListingDelisted:
    """The listing takes no deals any more; `effect` says what happens to the running ones."""

    type: ClassVar[str] = "listing.delisted"
    listing_id: str
    organisation_id: str
    effect: str
    reason: str


@dataclass(frozen=True)
class ListingExpired:
    """The last day of the listing is past; running agreements go on."""

    type: ClassVar[str] = "listing.expired"
    listing_id: str
    valid_to: str
