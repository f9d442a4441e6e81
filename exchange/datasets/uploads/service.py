"""What can be done with an upload by its owner: begin, add parts, give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.core.database import insert_ignoring
from exchange.datasets import queries as datasets
from exchange.datasets.keys.service import destroy_data_key, keep_data_key
from exchange.datasets.revisions.gate import read_declaration
from exchange.datasets.uploads import queries
from exchange.datasets.uploads.errors import (
    OffsetMismatch,
    UploadEnded,
    UploadQuotaExceeded,
    UploadTooLarge,
)
from exchange.datasets.uploads.models import Upload, UploadAllowance, UploadPart, UploadState
from exchange.participants import Actor
from exchange.participants.actors import PROVIDER
from exchange.trust import WrappedKey


@dataclass(frozen=True)
class UploadLimits:
    """How much a person may have under way, and for how long."""

    most_bytes: int
    most_at_once: int
    quota_bytes: int
    kept_for: timedelta


@dataclass(frozen=True)
class StoredPart:
    """A part whose bytes are durable in the storage and not yet known to the database."""

    start: int
    size_bytes: int
    storage_key: str


def begin_upload(
    session: Session,
    *,
    actor: Actor,
    upload_id: str,
    asked: dict[str, Any],
    data_key: WrappedKey,
    limits: UploadLimits,
    now: datetime,
) -> Upload:
    """Begin an upload; its parts will be sealed under a key of its own.

    Raises:
        NotPermitted: the actor is no provider.
        NotFound: the data set or the load schema is not the actor's.
        UploadTooLarge, UploadQuotaExceeded: a limit of the service.
        Invalid: what is declared about broken agreements says nothing.
    """
    actor.require_role(PROVIDER)
    if asked["dataset_id"] is not None:
        datasets.get_dataset(session, asked["dataset_id"], actor=actor)
    if asked["load_schema"] is not None:
        datasets.get_load_schema(session, asked["load_schema"], actor=actor)
    read_declaration(asked["breaking_change"])  # before the file is sent in vain
    _require_room(session, actor, asked["size_bytes"], limits)
    upload = Upload(
        id=upload_id,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        dataset_id=asked["dataset_id"],
        name=asked["name"] or asked["filename"],
        filename=asked["filename"],
        options={"text_columns": asked["text_columns"], "load_schema_id": asked["load_schema"]},
        breaking_change=asked["breaking_change"],
        size_bytes=asked["size_bytes"],
        sha256=asked["sha256"],
        received_bytes=0,
        state=UploadState.RECEIVING,
        fence=0,
        tries=0,
        created_at=now,
        expires_at=now + limits.kept_for,
    )
    session.add(upload)
    keep_data_key(session, subject=upload_id, key=data_key, now=now)
    return upload


def require_part_fits(upload: Upload, start: int) -> None:
    """Refuse a part before its bytes are read.

    Raises:
        UploadEnded: the upload takes no more parts.
        OffsetMismatch: the part does not begin where the last one ended.
    """
    if upload.state != UploadState.RECEIVING:
        raise UploadEnded(f"the upload is {upload.state} and takes no more parts")
    if start != upload.received_bytes:
        raise OffsetMismatch(
            f"the next part begins at {upload.received_bytes}, not at {start}",
            field="Upload-Offset",
            remedy="Ask for the offset and go on from there.",
        )


def accept_part(
    session: Session, *, actor: Actor, upload_id: str, part: StoredPart, kept_for: timedelta, now: datetime
) -> Upload:
    """Count a part that is durable in the storage; with the last one the file waits to be read.

    Raises:
        OffsetMismatch: another request has added a part meanwhile; this one's bytes are to be removed.
    """
    upload = queries.get_upload(session, upload_id, actor=actor)
    require_part_fits(upload, part.start)
    end = part.start + part.size_bytes
    state = UploadState.PROCESSING if end == upload.size_bytes else UploadState.RECEIVING
    # Two parts for one place can both have passed the question above; one of them finds the row changed.
    advanced = session.execute(
        update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.received_bytes == part.start,
            Upload.state == UploadState.RECEIVING,
        )
        .values(received_bytes=end, state=state, expires_at=now + kept_for)
        .returning(Upload.id)
    )
    if advanced.scalar_one_or_none() is None:
        raise OffsetMismatch(
            f"another request has added a part at {part.start}",
            field="Upload-Offset",
            remedy="Ask for the offset and go on from there.",
        )
    session.add(UploadPart(upload_id=upload_id, **vars(part)))
    session.flush()  # the caller is told the offset only when the part's row is in
    session.refresh(upload)
    return upload


def cancel_upload(session: Session, *, actor: Actor, upload_id: str, now: datetime) -> None:
    """Give an upload up; its parts are noise from now on, and their files are swept later.

    Raises:
        UploadEnded: it is being read at this moment.
    """
    upload = queries.get_upload(session, upload_id, actor=actor)
    if upload.state == UploadState.PROCESSING:
        raise UploadEnded("the file is being read", remedy="Wait until the upload is done or failed.")
    remove_upload(session, upload_id, now=now)


def remove_upload(session: Session, upload_id: str, *, now: datetime) -> bool:
    """Forget an upload; False when it is being read at this moment, or gone already."""
    gone = session.execute(
        select(Upload.id)
        .where(Upload.id == upload_id, Upload.state != UploadState.PROCESSING)
        .with_for_update()
    ).scalar_one_or_none()
    if gone is None:
        return False
    forget_parts(session, upload_id, now=now)
    session.execute(delete(Upload).where(Upload.id == upload_id))
    return True


def forget_parts(session: Session, upload_id: str, *, now: datetime) -> None:
    """Make the parts of an upload unreadable; the caller frees the storage of them after the commit."""
    session.execute(delete(UploadPart).where(UploadPart.upload_id == upload_id))
    destroy_data_key(session, subject=upload_id, now=now)


def _require_room(session: Session, actor: Actor, size_bytes: int, limits: UploadLimits) -> None:
    if size_bytes > limits.most_bytes:
        raise UploadTooLarge(
            f"the file has {size_bytes} bytes, the limit is {limits.most_bytes}",
            field="size_bytes",
            remedy="Split the data set, or ask the operator for a higher WDX_MAX_UPLOAD_BYTES.",
        )
    insert_ignoring(session, UploadAllowance, person_id=actor.person_id)
    session.execute(
        select(UploadAllowance.person_id)
        .where(UploadAllowance.person_id == actor.person_id)
        .with_for_update()
    )
    count, under_way = queries.usage_of(session, actor.person_id)
    if count >= limits.most_at_once or under_way + size_bytes > limits.quota_bytes:
        raise UploadQuotaExceeded(
            f"you have {count} uploads of {under_way} bytes under way;"
            f" the limits are {limits.most_at_once} uploads and {limits.quota_bytes} bytes",
            field="size_bytes",
            remedy="Finish or cancel one first.",
        )
