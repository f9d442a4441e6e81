"""Reads of data sets and revisions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.datasets.errors import RevisionNotStanding
from exchange.datasets.files import RevisionFile
from exchange.datasets.keys.models import WrappedDataKey
from exchange.datasets.keys.service import usable_key
from exchange.datasets.models import (
    Dataset,
    DatasetRevision,
    DatasetRevisionFile,
    QualityAssessment,
    RevisionRevocation,
    StoredLoadSchema,
)
from exchange.datasets.schema import Schema
from exchange.participants import Actor
from exchange.trust import WrappedKey

_STORED = (
    select(
        DatasetRevision.schema,
        WrappedDataKey.subject,
        WrappedDataKey.algorithm,
        WrappedDataKey.master_key_id,
        WrappedDataKey.wrapped,
    )
    .outerjoin(WrappedDataKey, WrappedDataKey.subject == DatasetRevision.id)
    .where(DatasetRevision.id == bindparam("revision_id"))
)
_FILES = (
    select(
        DatasetRevisionFile.number,
        DatasetRevisionFile.sha256,
        DatasetRevisionFile.size_bytes,
        DatasetRevisionFile.rows,
        DatasetRevisionFile.first_row,
        DatasetRevisionFile.time_from,
        DatasetRevisionFile.time_to,
    )
    .where(DatasetRevisionFile.revision_id == bindparam("revision_id"))
    .order_by(DatasetRevisionFile.number)
)


@dataclass(frozen=True)
class RevisionCard:
    """A revision as listings and pages describe it."""

    id: str
    dataset_id: str
    number: int
    sha256: str
    rows: int
    schema: dict[str, Any]
    schema_digest: str
    time_from: str | None
    time_to: str | None
    profile: dict[str, Any]
    sample: list[Any]


@dataclass(frozen=True)
class StoredRevision:
    """A revision as the gate reads it."""

    id: str
    schema: Schema
    files: tuple[RevisionFile, ...]
    #: Opens all of the files; None for a revision that was stored before data were sealed.
    data_key: WrappedKey | None


def get_dataset(session: Session, dataset_id: str, *, actor: Actor) -> Dataset:
    """One data set that the actor may see.

    Raises:
        NotFound: there is none, or it is another provider's.
    """
    dataset = session.get(Dataset, dataset_id)
    if dataset is None or not (actor.oversees or dataset.organisation_id == actor.organisation_id):
        raise NotFound(f"there is no data set {dataset_id}")
    return dataset


def find_datasets(session: Session, *, actor: Actor) -> list[Dataset]:
    """The data sets an actor may see, newest first."""
    query = select(Dataset).order_by(Dataset.id.desc())
    if not actor.oversees:
        query = query.where(Dataset.organisation_id == actor.organisation_id)
    return list(session.scalars(query))


def find_revisions(session: Session, dataset_id: str) -> list[DatasetRevision]:
    """All revisions of a data set, newest first."""
    return list(
        session.scalars(
            select(DatasetRevision)
            .where(DatasetRevision.dataset_id == dataset_id)
            .order_by(DatasetRevision.number.desc())
        )
    )


def get_revision(session: Session, revision_id: str, *, actor: Actor) -> DatasetRevision:
    """One revision of a data set that the actor may see.

    Raises:
        NotFound: there is none, or it is another provider's.
    """
    revision = _get_revision(session, revision_id)
    get_dataset(session, revision.dataset_id, actor=actor)
    return revision


def current_profile(session: Session, revision: DatasetRevision) -> dict[str, Any]:
    """The newest description of a revision: that of its ingest until it was assessed again."""
    newest = session.scalars(
        select(QualityAssessment.profile)
        .where(QualityAssessment.revision_id == revision.id)
        .order_by(QualityAssessment.assessed_at.desc(), QualityAssessment.id.desc())
        .limit(1)
    ).first()
    return revision.profile if newest is None else newest


def find_open_samples(session: Session, revision_ids: Collection[str]) -> set[str]:
    """Those of the revisions whose providers withhold no sample, by their newest descriptions."""
    wanted = list(revision_ids)
    first = session.execute(
        select(DatasetRevision.id, DatasetRevision.profile["declaration"]).where(
            DatasetRevision.id.in_(wanted)
        )
    )
    declared = {row[0]: row[1] for row in first}
    later = select(QualityAssessment.revision_id, QualityAssessment.profile["declaration"]).where(
        QualityAssessment.revision_id.in_(wanted)
    )
    for row in session.execute(later.order_by(QualityAssessment.assessed_at, QualityAssessment.id)):
        declared[row[0]] = row[1]
    return {revision_id for revision_id, words in declared.items() if (words or {}).get("sample", True)}


def get_revision_by_number(session: Session, dataset_id: str, number: int) -> DatasetRevision:
    """One revision of a data set, for callers that have checked who asks.

    Raises:
        NotFound: the data set has no such revision.
    """
    revision = session.scalar(
        select(DatasetRevision).where(
            DatasetRevision.dataset_id == dataset_id, DatasetRevision.number == number
        )
    )
    if revision is None:
        raise NotFound(f"data set {dataset_id} has no revision {number}")
    return revision


def find_standing_revision(session: Session, dataset_id: str) -> DatasetRevision | None:
    """The newest revision that is not revoked, if any."""
    return session.scalars(
        select(DatasetRevision)
        .outerjoin(RevisionRevocation, RevisionRevocation.revision_id == DatasetRevision.id)
        .where(DatasetRevision.dataset_id == dataset_id, RevisionRevocation.revision_id.is_(None))
        .order_by(DatasetRevision.number.desc())
        .limit(1)
    ).one_or_none()


def get_newest_revision(session: Session, *, actor: Actor, dataset_id: str) -> RevisionCard:
    """The newest revision that stands, of a data set that the actor may see.

    Raises:
        RevisionNotStanding: every revision is revoked.
    """
    get_dataset(session, dataset_id, actor=actor)
    newest = find_standing_revision(session, dataset_id)
    if newest is None:
        raise RevisionNotStanding(
            f"every revision of data set {dataset_id} is revoked", remedy="Upload one that may be offered."
        )
    return _card(session, newest)


def get_revision_card(session: Session, revision_id: str) -> RevisionCard:
    """Any revision, for rooms that have checked who asks."""
    return _card(session, _get_revision(session, revision_id))


def get_stored_revision(session: Session, revision_id: str) -> StoredRevision:
    """What a revision consists of, what opens it and how it is typed, for the gate that has checked who asks.

    Raises:
        NotFound: there is no such revision, or its data were deleted.
    """
    # Only what the gate needs: profile and sample are large, and this runs for every delivery.
    row = session.execute(_STORED, {"revision_id": revision_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no revision {revision_id}")
    return StoredRevision(
        id=revision_id,
        schema=Schema.from_json(row.schema),
        files=find_files(session, revision_id),
        data_key=None if row.subject is None else usable_key(row, revision_id),
    )


def find_known_revisions(session: Session, revision_ids: Collection[str]) -> set[str]:
    """Those of the ids that are revisions."""
    return set(session.scalars(select(DatasetRevision.id).where(DatasetRevision.id.in_(revision_ids))))


def find_files(session: Session, revision_id: str) -> tuple[RevisionFile, ...]:
    """The files of a revision in the order of their rows."""
    return tuple(RevisionFile(*row) for row in session.execute(_FILES, {"revision_id": revision_id}))


def get_load_schema(session: Session, load_schema_id: str, *, actor: Actor) -> StoredLoadSchema:
    """One load schema of the actor's organisation, or any for those who oversee.

    Raises:
        NotFound: there is none, or it is another provider's.
    """
    stored = session.get(StoredLoadSchema, load_schema_id)
    if stored is None or not (actor.oversees or stored.organisation_id == actor.organisation_id):
        raise NotFound(f"there is no load schema {load_schema_id}")
    return stored


def _get_revision(session: Session, revision_id: str) -> DatasetRevision:
    row = session.get(DatasetRevision, revision_id)
    if row is None:
        raise NotFound(f"there is no revision {revision_id}")
    return row


def _card(session: Session, row: DatasetRevision) -> RevisionCard:
    return RevisionCard(
        id=row.id,
        dataset_id=row.dataset_id,
        number=row.number,
        sha256=row.sha256,
        rows=row.rows,
        schema=row.schema,
        schema_digest=row.schema_digest,
        time_from=row.time_from,
        time_to=row.time_to,
        profile=current_profile(session, row),
        sample=row.sample,
    )
