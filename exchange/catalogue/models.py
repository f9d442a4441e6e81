"""Tables of listings; the content of a version never changes, only its state does."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class ListingState(StrEnum):
    """Where a listing stands; a listed one whose last day is past counts as expired before the job says so."""

    DRAFT = "draft"
    LISTED = "listed"
    SUSPENDED = "suspended"
    DELISTED = "delisted"
    EXPIRED = "expired"


class VersionState(StrEnum):
    """Where a version of a listing stands: only one at a time is listed, and one under review."""

    DRAFT = "draft"
    ORG_REVIEW = "org_review"
    PLATFORM_REVIEW = "platform_review"
    SUPPLEMENT = "supplement"
    LISTED = "listed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class StopEffect(StrEnum):
    """What a suspension or a delisting does to running agreements."""

    NEW_DEALS_ONLY = "new_deals_only"
    STOP_DELIVERIES = "stop_deliveries"


class ReviewStep(StrEnum):
    """Whose turn an entry of the review was."""

    SUBMISSION = "submission"
    ORGANISATION = "organisation"
    PLATFORM = "platform"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(item.value) for item in values)})"


#: A listing is of data that are stored here, or of an API whose data stay with the provider 数据不出域.
_ONE_SOURCE = "(dataset_id IS NULL) <> (hosted_id IS NULL)"
_ONE_SOURCE_OF_VERSION = (
    "(revision_id IS NULL) <> (hosted_id IS NULL) AND (hosted_id IS NULL) = (hosted_version IS NULL)"
)


class Listing(Base):
    """A data set, or a provider-hosted product, offered by its provider."""

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint(_one_of("state", ListingState), name="state"),
        CheckConstraint(_one_of("stop_effect", StopEffect), name="stop_effect"),
        CheckConstraint(_ONE_SOURCE, name="one_source"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    hosted_id: Mapped[str | None] = mapped_column(ForeignKey("hosted_products.id"))
    #: Number of the version that buyers see; NULL until the first one is listed.
    listed_version: Mapped[int | None]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), server_default=ListingState.DRAFT)
    #: Set while suspended or delisted.
    stop_effect: Mapped[str | None] = mapped_column(String(20))
    #: Why it is suspended or delisted, and since when; NULL while it is neither.
    state_reason: Mapped[str | None] = mapped_column(String(500))
    state_changed_at: Mapped[datetime | None]
    #: Copies of the listed content by which readers are admitted and old listings left out.
    audience: Mapped[str] = mapped_column(String(20), server_default="public")
    expires_on: Mapped[str | None] = mapped_column(String(10))


class ListingAccess(Base):
    """An organisation that the listed version allows or denies by name."""

    __tablename__ = "listing_access"

    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_allowed: Mapped[bool]


class ListingVersion(Base):
    """One wording of a listing; an edit makes the next version."""

    __tablename__ = "listing_versions"
    __table_args__ = (
        CheckConstraint(_one_of("state", VersionState), name="state"),
        CheckConstraint(_ONE_SOURCE_OF_VERSION, name="one_source"),
        ForeignKeyConstraint(
            ["hosted_id", "hosted_version"],
            ["hosted_descriptions.hosted_id", "hosted_descriptions.version"],
        ),
        Index("ix_listing_versions_state_due_at", "state", "due_at"),
    )

    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("dataset_revisions.id"))
    #: The description that the version is about, where the data stay with the provider.
    hosted_id: Mapped[str | None] = mapped_column(String(40))
    hosted_version: Mapped[int | None]
    #: Everything a buyer reads; canonical JSON values only.
    content: Mapped[dict[str, Any]]
    #: SHA-256 of the content's canonical bytes.
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]
    #: The first submission; every later one stands in the review.
    submitted_at: Mapped[datetime | None]
    #: Until when the operator is to decide; set when the own organisation has approved.
    due_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(500))
    #: Set at listing when prices rise or fall against the version before.
    price_notice: Mapped[dict[str, Any] | None]


class ListingReview(Base):
    """One step of a version's way through the review; never changed."""

    __tablename__ = "listing_reviews"
    __table_args__ = (
        CheckConstraint(_one_of("step", ReviewStep), name="step"),
        ForeignKeyConstraint(
            ["listing_id", "version"], ["listing_versions.listing_id", "listing_versions.number"]
        ),
    )

    listing_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(String(500))
    #: What the provider is to bring, for a supplement.
    missing: Mapped[list[Any]]
    #: The ticked items of the review checklist.
    checklist: Mapped[list[Any]]
    taken_at: Mapped[datetime]
