"""What can be done with data sets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.datasets import queries
from exchange.datasets.events import DatasetCreated, RevisionAdded
from exchange.datasets.ingest.revision import Ingested
from exchange.datasets.ingest.upload import Deposited
from exchange.datasets.keys.service import keep_data_key
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.models import Dataset, DatasetRevision, DatasetRevisionFile, StoredLoadSchema
from exchange.datasets.revisions import gate
from exchange.datasets.revisions.compatibility import RevisionFacts, compare
from exchange.datasets.revisions.revocation import find_revocations
from exchange.datasets.revisions.schema_diff import diff_schemas
from exchange.participants import Actor
from exchange.participants.actors import PROVIDER


@dataclass(frozen=True)
class RevisionCheck:
    """What adding a file as the next revision would do; nothing was done."""

    dataset_id: str
    #: The number it would get, or that of the newest revision when its content is the same.
    number: int
    is_new: bool
    rows: int
    #: Against the newest revision that stands; None when there is none.
    against: int | None
    compatibility: dict[str, Any] | None
    schema: dict[str, Any] | None
    impact: dict[str, Any]


def create_dataset(
    session: Session,
    *,
    actor: Actor,
    name: str,
    source_name: str,
    ingested: Deposited,
    now: datetime,
    load_schema_id: str | None = None,
) -> DatasetRevision:
    """Begin a data set with its first revision; the files are in the storage already."""
    actor.require_role(PROVIDER)
    dataset = Dataset(id=new_id("dts"), organisation_id=actor.organisation_id, name=name, created_at=now)
    session.add(dataset)
    session.flush()  # the revision's foreign key needs the data set's row
    event = DatasetCreated(dataset.id, actor.organisation_id, name)
    record_event(session, event, subject=dataset.id, actor=actor.person_id, at=now)
    return _add_revision(session, actor, dataset, source_name, ingested, load_schema_id, now)


def add_revision(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    source_name: str,
    ingested: Deposited,
    now: datetime,
    load_schema_id: str | None = None,
    breaking_change: str | None = None,
    notice_days: int = gate.CHANGE_NOTICE_DAYS,
) -> DatasetRevision:
    """Add the next revision; agreements stay with the revision they name.

    The same content again is no new revision, unless the newest one is revoked: that one is given back, and
    what was deposited for it is forgotten; the storage is swept of such files.

    Args:
        breaking_change: `new_version` or `notice:<id>`, for a revision that breaks agreements in force.

    Raises:
        BreakingChange: it breaks agreements in force and nothing that holds is declared.
    """
    dataset = _locked_dataset(session, actor, dataset_id)
    if (newest := _same_content(session, dataset, ingested)) is not None:
        return newest
    impact = _weigh(session, dataset, ingested, breaking_change, notice_days, now)
    impact.require_passed()
    revision = _add_revision(session, actor, dataset, source_name, ingested, load_schema_id, now)
    gate.declare(session, actor=actor, revision=revision, impact=impact, now=now)
    return revision


def check_revision(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    ingested: Ingested,
    now: datetime,
    breaking_change: str | None = None,
    notice_days: int = gate.CHANGE_NOTICE_DAYS,
) -> RevisionCheck:
    """Say what `add_revision` would do with a file; changes nothing."""
    actor.require_role(PROVIDER)
    dataset = queries.get_dataset(session, dataset_id, actor=actor)
    newest = queries.find_revisions(session, dataset_id)[0]
    is_new = _same_content(session, dataset, ingested) is None
    standing = queries.find_standing_revision(session, dataset_id)
    facts = RevisionFacts.of(ingested)
    impact = _weigh(session, dataset, ingested, breaking_change, notice_days, now)
    return RevisionCheck(
        dataset_id=dataset_id,
        number=newest.number + 1 if is_new else newest.number,
        is_new=is_new,
        rows=ingested.rows,
        against=None if standing is None else standing.number,
        compatibility=None if standing is None else compare(RevisionFacts.of(standing), facts).to_json(),
        schema=None if standing is None else diff_schemas(standing.schema, facts.schema),
        impact=gate.impact_to_json(impact),
    )


def keep_load_schema(
    session: Session, *, actor: Actor, load_schema: LoadSchema, now: datetime
) -> StoredLoadSchema:
    """Keep a load schema, so that uploads can name it; how a revision was read stays known."""
    actor.require_role(PROVIDER)
    stored = StoredLoadSchema(
        id=new_id("lsc"),
        organisation_id=actor.organisation_id,
        document=load_schema.to_json(),
        created_at=now,
    )
    session.add(stored)
    return stored


def _locked_dataset(session: Session, actor: Actor, dataset_id: str) -> Dataset:
    actor.require_role(PROVIDER)
    # Two uploads at once would both be the next revision; the second waits, then counts the first.
    session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    return queries.get_dataset(session, dataset_id, actor=actor)


def _same_content(session: Session, dataset: Dataset, ingested: Ingested) -> DatasetRevision | None:
    newest = queries.find_revisions(session, dataset.id)[0]
    if newest.sha256 != ingested.sha256:
        return None
    # Bringing a revoked content again is a decision of its own, so it gets a number of its own.
    return None if find_revocations(session, [newest.id]) else newest


def _weigh(
    session: Session,
    dataset: Dataset,
    ingested: Ingested,
    breaking_change: str | None,
    notice_days: int,
    now: datetime,
) -> gate.Impact:
    return gate.weigh(
        session,
        dataset_id=dataset.id,
        facts=RevisionFacts.of(ingested),
        breaking_change=breaking_change,
        notice_days=notice_days,
        now=now,
    )


def _add_revision(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    source_name: str,
    ingested: Deposited,
    load_schema_id: str | None,
    now: datetime,
) -> DatasetRevision:
    number = len(queries.find_revisions(session, dataset.id)) + 1
    revision = DatasetRevision(
        id=ingested.revision_id,
        dataset_id=dataset.id,
        number=number,
        source_name=source_name,
        sha256=ingested.sha256,
        size_bytes=ingested.size_bytes,
        rows=ingested.rows,
        schema=ingested.schema.to_json(),
        schema_digest=ingested.schema.digest(),
        time_from=ingested.time_from,
        time_to=ingested.time_to,
        profile=ingested.profile,
        sample=ingested.sample,
        created_at=now,
        load_schema_id=load_schema_id,
    )
    session.add(revision)
    session.flush()  # the files' foreign keys need the revision's row
    session.add_all(
        DatasetRevisionFile(revision_id=revision.id, **file.to_json()) for file in ingested.files
    )
    keep_data_key(session, subject=revision.id, key=ingested.data_key, now=now)
    event = RevisionAdded(
        dataset.id,
        revision.id,
        number,
        revision.sha256,
        revision.rows,
        revision.schema,
        revision.schema_digest,
    )
    record_event(session, event, subject=dataset.id, actor=actor.person_id, at=now)
    return revision
