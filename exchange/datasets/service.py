"""What can be done with data sets."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.datasets import queries
from exchange.datasets.events import DatasetCreated, RevisionAdded
from exchange.datasets.ingest.upload import Deposited
from exchange.datasets.keys.service import keep_data_key
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.models import Dataset, DatasetRevision, DatasetRevisionFile, StoredLoadSchema
from exchange.participants import Actor
from exchange.participants.actors import PROVIDER


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
) -> DatasetRevision:
    """Add the next revision; agreements stay with the revision they name.

    The same content again is no new revision: the newest one is given back, and what was deposited for it
    is forgotten; the storage is swept of such files.
    """
    actor.require_role(PROVIDER)
    # Two uploads at once would both be the next revision; the second waits, then counts the first.
    session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    dataset = queries.get_dataset(session, dataset_id, actor=actor)
    newest = queries.find_revisions(session, dataset_id)[0]
    if newest.sha256 == ingested.sha256:
        return newest
    return _add_revision(session, actor, dataset, source_name, ingested, load_schema_id, now)


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
