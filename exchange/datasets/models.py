"""Tables of data sets, their revisions and what is judged of them; a revision is never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class Dataset(Base):
    """What a provider offers over time; its content is its revisions."""

    __tablename__ = "datasets"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class DatasetRevision(Base):
    """One immutable state of a data set, stored as one or more Parquet files."""

    __tablename__ = "dataset_revisions"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    number: Mapped[int]
    source_name: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of the manifest of the files; of the one file itself where the revision is older than manifests.
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
    #: The load schema by which it was strictly read, if any.
    load_schema_id: Mapped[str | None] = mapped_column(String(40))


class QualityAssessment(Base):
    """A revision described again by what its provider declares; the newest one speaks for the revision."""

    __tablename__ = "quality_assessments"
    __table_args__ = (Index("ix_quality_assessments_revision_id_id", "revision_id", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"))
    #: As the profile of a revision; the declaration stands in it.
    profile: Mapped[dict[str, Any]]
    assessed_by: Mapped[str] = mapped_column(String(40))
    assessed_at: Mapped[datetime]


class DatasetRevisionFile(Base):
    """One stored file of a revision; `number` counts from 1 in the order of the rows."""

    __tablename__ = "dataset_revision_files"

    revision_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: SHA-256 of the file in the clear; what lies in the storage is its sealed form.
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    #: The number of its first row in the revision, from 0.
    first_row: Mapped[int] = mapped_column(BigInteger)
    time_from: Mapped[str | None] = mapped_column(String(40))
    time_to: Mapped[str | None] = mapped_column(String(40))


class StoredLoadSchema(Base):
    """A load schema that uploads can name; it is never changed."""

    __tablename__ = "load_schemas"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
