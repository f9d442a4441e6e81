"""Reads of uploads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.datasets.models import DatasetRevision
from exchange.datasets.uploads.models import Upload, UploadPart, UploadState
from exchange.participants import Actor

#: More than anybody follows at a time; older ones are reached by their ids.
MOST_LISTED = 100


@dataclass(frozen=True)
class PartCard:
    """A part as the reader of the file needs it."""

    start: int
    size_bytes: int
    storage_key: str


def get_upload(session: Session, upload_id: str, *, actor: Actor) -> Upload:
    """One of the actor's own uploads.

    Raises:
        NotFound: there is none, it has expired or was cancelled, or it is another person's.
    """
    upload = session.get(Upload, upload_id)
    if upload is None or upload.person_id != actor.person_id:
        raise NotFound(
            f"there is no upload {upload_id}", remedy="Begin a new one; an abandoned one expires."
        )
    return upload


def find_uploads(session: Session, *, actor: Actor) -> list[Upload]:
    """The actor's own uploads, newest first."""
    query = select(Upload).where(Upload.person_id == actor.person_id).order_by(Upload.id.desc())
    return list(session.scalars(query.limit(MOST_LISTED)))


def get_revision_of(session: Session, upload: Upload) -> DatasetRevision | None:
    """What came of the upload; None before it is done."""
    return None if upload.revision_id is None else session.get(DatasetRevision, upload.revision_id)


def find_parts(session: Session, upload_id: str) -> list[PartCard]:
    """The parts in the order of the file."""
    rows = session.scalars(
        select(UploadPart).where(UploadPart.upload_id == upload_id).order_by(UploadPart.start)
    )
    return [PartCard(row.start, row.size_bytes, row.storage_key) for row in rows]


def usage_of(session: Session, person_id: str) -> tuple[int, int]:
    """How many uploads a person has under way, and how many bytes they will be."""
    under_way = (UploadState.RECEIVING, UploadState.PROCESSING)
    counted = select(func.count(), func.coalesce(func.sum(Upload.size_bytes), 0)).where(
        Upload.person_id == person_id, Upload.state.in_(under_way)
    )
    count, size_bytes = session.execute(counted).one()
    return int(count), int(size_bytes)


def find_expired(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Uploads that nobody continued, and ended ones that were kept long enough."""
    query = select(Upload.id).where(Upload.state != UploadState.PROCESSING, Upload.expires_at < now)
    return list(session.scalars(query.order_by(Upload.id).limit(limit)))


def is_waiting(session: Session, *, now: datetime) -> bool:
    """Whether a received file waits to be read; costs one read when none does."""
    return session.scalar(waiting(now).limit(1)) is not None


def waiting(now: datetime) -> Select[str]:
    """Select the received files that nobody reads at the moment, oldest first."""
    return (
        select(Upload.id)
        .where(
            Upload.state == UploadState.PROCESSING,
            or_(Upload.leased_until.is_(None), Upload.leased_until < now),
            or_(Upload.not_before.is_(None), Upload.not_before <= now),
        )
        .order_by(Upload.id)
    )


def still_needed(session: Session, upload_ids: Collection[str]) -> set[str]:
    """Those of the ids whose parts are still to be read."""
    query = select(Upload.id).where(
        Upload.id.in_(upload_ids), Upload.state.in_((UploadState.RECEIVING, UploadState.PROCESSING))
    )
    return set(session.scalars(query))
