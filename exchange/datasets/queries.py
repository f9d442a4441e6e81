"""Reads of data sets and revisions."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.datasets.errors import RevisionRevoked
from exchange.datasets.models import Dataset, DatasetRevision, RevisionRevocation, storage_key_of
from exchange.datasets.schema import Schema
from exchange.participants import Actor

_STORED = select(DatasetRevision.id, DatasetRevision.schema, DatasetRevision.sha256).where(
    DatasetRevision.id == bindparam("revision_id")
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
    storage_key: str


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


def get_revision(session: Session, dataset_id: str, number: int) -> DatasetRevision:
    """One revision of a data set, for callers that have checked who asks.

    Raises:
        NotFound: the data set has no revision of this number.
    """
    row = session.scalars(
        select(DatasetRevision).where(
            DatasetRevision.dataset_id == dataset_id, DatasetRevision.number == number
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"data set {dataset_id} has no revision {number}")
    return row


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
        RevisionRevoked: every revision is revoked.
    """
    get_dataset(session, dataset_id, actor=actor)
    newest = find_standing_revision(session, dataset_id)
    if newest is None:
        raise RevisionRevoked(
            f"every revision of data set {dataset_id} is revoked", remedy="Upload one that may be offered."
        )
    return _card(newest)


def get_revision_card(session: Session, revision_id: str) -> RevisionCard:
    """Any revision, for rooms that have checked who asks."""
    return _card(_get_revision(session, revision_id))


def get_stored_revision(session: Session, revision_id: str) -> StoredRevision:
    """Where a revision lies and how it is typed, for the gate that has checked who asks."""
    # Only what the gate needs: profile and sample are large, and this runs for every delivery.
    row = session.execute(_STORED, {"revision_id": revision_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no revision {revision_id}")
    return StoredRevision(row.id, Schema.from_json(row.schema), storage_key_of(row.sha256))


def _get_revision(session: Session, revision_id: str) -> DatasetRevision:
    row = session.get(DatasetRevision, revision_id)
    if row is None:
        raise NotFound(f"there is no revision {revision_id}")
    return row


def _card(row: DatasetRevision) -> RevisionCard:
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
        profile=row.profile,
        sample=row.sample,
    )
