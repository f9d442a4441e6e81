"""Tables of uploads in parts; they are work under way, not evidence, and are removed when it is over."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class UploadState(StrEnum):
    """Parts arrive, then the file is read, then it is a revision or says what is wrong with it."""

    RECEIVING = "receiving"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class Upload(Base):
    """One file on its way to become a revision."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received"),
        CheckConstraint("(state = 'done') = (revision_id IS NOT NULL)", name="done"),
        Index("ix_uploads_person_id_id", "person_id", "id"),
        Index("ix_uploads_state_id", "state", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: The data set that gets a revision; NULL for a new one.
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    name: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(200))
    #: How the file is to be read: columns that stay text, and the id of a load schema.
    options: Mapped[dict[str, Any]]
    #: What its owner declares about agreements in force that the revision breaks.
    breaking_change: Mapped[str | None] = mapped_column(String(60))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of the whole file as its owner has it.
    sha256: Mapped[str] = mapped_column(String(64))
    received_bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[UploadState] = mapped_column(String(20))
    #: Who reads the file now; `fence` counts the claims, so that one who was taken over from cannot finish.
    owner: Mapped[str | None] = mapped_column(String(120))
    fence: Mapped[int]
    leased_until: Mapped[datetime | None]
    #: Claims that ended without a word or in something unexpected; faults of storage or database do not count.
    tries: Mapped[int]
    #: Not to be tried again earlier, after something that may pass.
    not_before: Mapped[datetime | None]
    fault: Mapped[dict[str, Any] | None]
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("dataset_revisions.id"))
    created_at: Mapped[datetime]
    #: When it is removed unless another part arrives, or after its end.
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class UploadPart(Base):
    """A part that lies sealed in the storage; a row is written after its bytes are durable."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    storage_key: Mapped[str] = mapped_column(String(120))


class UploadAllowance(Base):
    """A row for each person who uploads: its lock makes two uploads begun at once count each other."""

    __tablename__ = "upload_allowances"

    person_id: Mapped[str] = mapped_column(String(40), primary_key=True)
