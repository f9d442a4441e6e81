"""Tables of data sets and their revisions; a revision is never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


def storage_key_of(revision_id: str, sha256: str) -> str:
    """Where a revision's file lies in the storage; no two revisions share one, as each has its own key."""
    return f"revisions/{revision_id}/{sha256}.parquet"


def plain_storage_key_of(sha256: str) -> str:
    """Where a file lies that was stored before data were sealed."""
    return f"revisions/{sha256[:2]}/{sha256}.parquet"


class Dataset(Base):
    """What a provider offers over time; its content is its revisions."""

    __tablename__ = "datasets"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class DatasetRevision(Base):
    """One immutable state of a data set, stored as one Parquet file."""

    __tablename__ = "dataset_revisions"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    number: Mapped[int]
    source_name: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of the Parquet file in the clear; what lies in the storage is its sealed form.
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    schema: Mapped[dict[str, Any]]
    schema_digest: Mapped[str] = mapped_column(String(64))
    #: First and last value of the time field as text; NULL when the data set has none.
    time_from: Mapped[str | None] = mapped_column(String(40))
    time_to: Mapped[str | None] = mapped_column(String(40))
    profile: Mapped[dict[str, Any]]
    sample: Mapped[list[Any]]
    created_at: Mapped[datetime]
