"""Tables of listings; the content of a version never changes, only its state does."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class VersionState(StrEnum):
    """Where a version of a listing stands: only one at a time is listed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LISTED = "listed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Listing(Base):
    """A data set offered by its provider."""

    __tablename__ = "listings"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    #: Number of the version that buyers see; NULL until the first one is listed.
    listed_version: Mapped[int | None]
    created_at: Mapped[datetime]


class ListingVersion(Base):
    """One wording of a listing; an edit makes the next version."""

    __tablename__ = "listing_versions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'listed', 'rejected', 'superseded')", name="state"
        ),
    )

    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"))
    #: Everything a buyer reads; canonical JSON values only.
    content: Mapped[dict[str, Any]]
    #: SHA-256 of the content's canonical bytes.
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(500))
