"""How an upload is to be read and judged: gathered before it is read, whichever way it arrives."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from exchange.core.clock import SHANGHAI
from exchange.datasets import queries
from exchange.datasets.assessments import declared_for
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.quality.declaration import Declaration
from exchange.participants import Actor


@dataclass(frozen=True)
class Instructions:
    """What `ingest` is told beside the file itself; its fields are the arguments of that function."""

    text_columns: tuple[str, ...] = ()
    load_schema: LoadSchema | None = None
    declaration: Declaration | None = None
    as_of: date | None = None


#: Types are found, and nothing is declared.
NO_INSTRUCTIONS = Instructions()


def instructions_for(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str | None,
    text_columns: Collection[str],
    load_schema_id: str | None,
    now: datetime,
) -> Instructions:
    """Gather what an upload names, and what was declared last about the data set that it goes to.

    Raises:
        NotFound: the actor has no such data set or load schema.
    """
    load_schema = None
    if load_schema_id is not None:
        stored = queries.get_load_schema(session, load_schema_id, actor=actor)
        load_schema = LoadSchema.from_json(stored.document)
    return Instructions(
        text_columns=tuple(text_columns),
        load_schema=load_schema,
        declaration=None if dataset_id is None else declared_for(session, dataset_id, actor=actor),
        as_of=now.astimezone(SHANGHAI).date(),
    )
