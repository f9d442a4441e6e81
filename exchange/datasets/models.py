"""Tables of data sets, their revisions and what is judged of them; a revision is never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
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


class RevisionRevocation(Base):
    """A revision that is withdrawn: from this row on nothing of it is listed, agreed on or delivered."""

    __tablename__ = "revision_revocations"

    revision_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    revoked_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime]


class NoticeKind(StrEnum):
    """What a provider tells the buyers of a data set; the last two are told by the exchange itself."""

    SCHEMA_CHANGE_PLANNED = "schema_change_planned"
    UPDATE_DELAYED = "update_delayed"
    DEPRECATION_PLANNED = "deprecation_planned"
    DATA_CORRECTED = "data_corrected"
    NEW_VERSION = "new_version"
    REVISION_REVOKED = "revision_revoked"


class Notice(Base):
    """Something about a data set that the buyers with agreements on it are told. Never changed."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('schema_change_planned', 'update_delayed', 'deprecation_planned', 'data_corrected',"
            " 'new_version', 'revision_revoked')",
            name="kind",
        ),
        Index("ix_notices_dataset_id", "dataset_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    kind: Mapped[str] = mapped_column(String(40))
    text_zh: Mapped[str] = mapped_column(String(2000))
    text_en: Mapped[str] = mapped_column(String(2000))
    #: Asia/Shanghai calendar day, YYYY-MM-DD.
    effective_on: Mapped[str] = mapped_column(String(10))
    #: Names of the columns concerned; empty for the whole data set.
    affects: Mapped[list[Any]]
    #: The revision it is about; NULL when it is about none in particular.
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("dataset_revisions.id"))
    published_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime]


class NoticeReading(Base):
    """An organisation has read a notice."""

    __tablename__ = "notice_readings"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    read_at: Mapped[datetime]


class BreakingDeclaration(Base):
    """How a revision that breaks agreements in force was let in: as a new version, or after a notice."""

    __tablename__ = "breaking_declarations"
    __table_args__ = (CheckConstraint("kind IN ('new_version', 'notice')", name="kind"),)

    revision_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: The notice that announced it; one notice lets one revision in. NULL for a new version.
    notice_id: Mapped[str | None] = mapped_column(ForeignKey("notices.id"), unique=True)
    #: How many agreements in force it breaks.
    agreements: Mapped[int]
    reasons: Mapped[list[Any]]
    declared_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    declared_at: Mapped[datetime]


class RevisionDiff(Base):
    """A difference that somebody asked for; kept, since neither revision ever changes."""

    __tablename__ = "revision_diffs"

    old_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"), primary_key=True)
    new_id: Mapped[str] = mapped_column(ForeignKey("dataset_revisions.id"), primary_key=True)
    #: SHA-256 over the document's format and the key that was asked for.
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[list[Any]]
    #: The whole document, or why there is none; empty while it waits for the job.
    document: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
