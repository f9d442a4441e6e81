"""The revisions of a data set as those who may follow it see them: what changed, and what was withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.datasets.models import DatasetRevision
from exchange.datasets.revisions.access import view_of
from exchange.datasets.revisions.compatibility import RevisionFacts, compare
from exchange.datasets.revisions.gate import find_declarations
from exchange.datasets.revisions.revocation import find_revocations
from exchange.participants import Actor


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in the history of its data set."""

    id: str
    number: int
    sha256: str
    rows: int
    columns: int
    time_from: str | None
    time_to: str | None
    created_at: datetime
    #: Against the revision before; None for the first one.
    compatibility: dict[str, Any] | None
    #: How a breaking revision was let in: `new_version` or `notice`; None when it broke no agreement.
    declared: str | None
    #: Why and when it was withdrawn; None while it stands.
    revoked_reason: str | None
    revoked_at: datetime | None


def find_history(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    now: datetime,
    before: int | None = None,
    limit: int = 20,
) -> list[HistoryEntry]:
    """The revisions, newest first; `before` is the number of the last one of the page before.

    Raises:
        NotFound: nothing of the data set is for this actor.
    """
    view_of(session, actor=actor, dataset_id=dataset_id, at=now)
    query = select(DatasetRevision).where(DatasetRevision.dataset_id == dataset_id)
    if before is not None:
        query = query.where(DatasetRevision.number < before)
    # One more than is shown, since each is compared with the one before it.
    rows = list(session.scalars(query.order_by(DatasetRevision.number.desc()).limit(limit + 1)))
    ids = [row.id for row in rows]
    revoked, declared = find_revocations(session, ids), find_declarations(session, ids)
    pairs = [*pairwise(rows), (rows[-1], None)] if rows else []
    return [
        _entry(row, earlier, revoked.get(row.id), declared.get(row.id)) for row, earlier in pairs[:limit]
    ]


def _entry(
    row: DatasetRevision, earlier: DatasetRevision | None, revoked: Any, declared: Any
) -> HistoryEntry:
    judged = None if earlier is None else compare(RevisionFacts.of(earlier), RevisionFacts.of(row))
    return HistoryEntry(
        id=row.id,
        number=row.number,
        sha256=row.sha256,
        rows=row.rows,
        columns=len(row.schema["fields"]),
        time_from=row.time_from,
        time_to=row.time_to,
        created_at=row.created_at,
        compatibility=None if judged is None else judged.to_json(),
        declared=None if declared is None else declared.kind,
        revoked_reason=None if revoked is None else revoked.reason,
        revoked_at=None if revoked is None else revoked.revoked_at,
    )
