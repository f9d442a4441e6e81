"""Who reads a received file: one node at a time, and another one when it died."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from exchange.core.errors import DomainError
from exchange.datasets import service as datasets
from exchange.datasets.ingest.upload import Deposited
from exchange.datasets.keys.service import get_data_key
from exchange.datasets.models import DatasetRevision
from exchange.datasets.uploads import queries
from exchange.datasets.uploads.errors import ClaimLost
from exchange.datasets.uploads.models import Upload, UploadState
from exchange.datasets.uploads.service import forget_parts
from exchange.participants import get_actor
from exchange.trust import WrappedKey

#: A file that five readers died of is no accident.
MOST_TRIES = 5
#: How long an ended upload is kept for its owner to learn its end: longer than any retry.
KEPT_AFTER_END = timedelta(days=7)

_FIRST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True)
class Claim:
    """The right to read one file, and all that is needed for it."""

    upload_id: str
    fence: int
    tries: int
    expires_at: datetime
    person_id: str
    dataset_id: str | None
    filename: str
    options: dict[str, Any]
    size_bytes: int
    sha256: str
    data_key: WrappedKey
    parts: tuple[queries.PartCard, ...]


def claim_upload(session: Session, *, owner: str, lease: timedelta, now: datetime) -> Claim | None:
    """Take the oldest file that nobody reads, for as long as the lease is renewed."""
    chosen = queries.waiting(now).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    upload = session.execute(
        update(Upload)
        .where(Upload.id == chosen)
        .values(owner=owner, leased_until=now + lease, fence=Upload.fence + 1, tries=Upload.tries + 1)
        .returning(Upload)
    ).scalar_one_or_none()
    if upload is None:
        return None
    return Claim(
        upload_id=upload.id,
        fence=upload.fence,
        tries=upload.tries,
        expires_at=upload.expires_at,
        person_id=upload.person_id,
        dataset_id=upload.dataset_id,
        filename=upload.filename,
        options=dict(upload.options),
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        data_key=get_data_key(session, upload.id),
        parts=tuple(queries.find_parts(session, upload.id)),
    )


def renew_claim(session: Session, claim: Claim, *, lease: timedelta, now: datetime) -> bool:
    """Keep the claim for another lease; False when it is lost."""
    return _end_claim(session, claim, leased_until=now + lease) is not None


def finish_upload(
    session: Session, claim: Claim, deposited: Deposited, *, notice_days: int, now: datetime
) -> DatasetRevision:
    """Make the revision and end the upload, in one transaction: finishing twice makes one revision.

    The right to upload is asked for again, as it may have been withdrawn while the file was on its way.

    Raises:
        ClaimLost: another node has taken over, or finished already.
        BreakingChange: the revision breaks agreements in force.
    """
    upload = session.get_one(Upload, claim.upload_id)
    actor = get_actor(session, upload.person_id)
    # The claim first: who lost it must not touch the data set, and waits here for the one who has it.
    if _end_claim(session, claim, leased_until=now) is None:
        raise ClaimLost(f"upload {claim.upload_id} is read by another node")
    if upload.dataset_id is None:
        revision = datasets.create_dataset(
            session,
            actor=actor,
            name=upload.name,
            source_name=upload.filename,
            ingested=deposited,
            load_schema_id=upload.options["load_schema_id"],
            now=now,
        )
    else:
        revision = datasets.add_revision(
            session,
            actor=actor,
            dataset_id=upload.dataset_id,
            source_name=upload.filename,
            ingested=deposited,
            load_schema_id=upload.options["load_schema_id"],
            breaking_change=upload.breaking_change,
            notice_days=notice_days,
            now=now,
        )
    session.flush()  # the upload's foreign key needs the revision's row
    _end_claim(
        session,
        claim,
        state=UploadState.DONE,
        revision_id=revision.id,
        owner=None,
        leased_until=None,
        finished_at=now,
        expires_at=now + KEPT_AFTER_END,
    )
    forget_parts(session, claim.upload_id, now=now)
    return revision


def fail_upload(session: Session, claim: Claim, fault: DomainError, *, now: datetime) -> bool:
    """End the upload with what is wrong with it; False when the claim is lost."""
    ended = _end_claim(
        session,
        claim,
        state=UploadState.FAILED,
        fault={
            "code": fault.code,
            "detail": fault.detail,
            "field": fault.field,
            "remedy": fault.remedy,
            "context": fault.context,
        },
        owner=None,
        leased_until=None,
        finished_at=now,
        expires_at=now + KEPT_AFTER_END,
    )
    if ended is None:
        return False
    forget_parts(session, claim.upload_id, now=now)
    return True


def put_back(session: Session, claim: Claim, *, counts: bool, now: datetime) -> None:
    """Let the file be tried again later, each time a little later.

    Args:
        counts: whether the file may be to blame, so that this was one of its few tries.
    """
    pause = _FIRST_PAUSE * 2 ** min(claim.fence, 6)
    tries = claim.tries if counts else claim.tries - 1
    _end_claim(session, claim, owner=None, leased_until=None, not_before=now + pause, tries=tries)


def _end_claim(session: Session, claim: Claim, **values: Any) -> str | None:
    held = session.execute(
        update(Upload)
        .where(
            Upload.id == claim.upload_id,
            Upload.fence == claim.fence,
            Upload.state == UploadState.PROCESSING,
        )
        .values(**values)
        .returning(Upload.id)
    )
    return held.scalar_one_or_none()
