"""The revisions of a data set as those who may follow it see them: what changed, and what was withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from exchange.datasets.models import DatasetRevision
from exchange.datasets.revisions.access import View, view_of
from exchange.datasets.revisions.compatibility import RevisionFacts, compare, without_times
from exchange.datasets.revisions.gate import find_declarations
from exchange.datasets.revisions.revocation import find_revocations
from exchange.participants import Actor

#: Large, and no part of the history.
_UNREAD = defer(DatasetRevision.sample, raiseload=True)


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in the history of its data set."""

    id: str
    number: int
    #: The name of its file, for those who see everything.
    source_name: str | None
    sha256: str
    rows: int
    columns: int
    #: None also when the time is protected and not granted to whoever asks.
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
    view = view_of(session, actor=actor, dataset_id=dataset_id, at=now)
    query = select(DatasetRevision).where(DatasetRevision.dataset_id == dataset_id).options(_UNREAD)
    if before is not None:
        query = query.where(DatasetRevision.number < before)
    # One more than is shown, since each is compared with the one before it.
    rows = list(session.scalars(query.order_by(DatasetRevision.number.desc()).limit(limit + 1)))
    ids = [row.id for row in rows]
    revoked, declared = find_revocations(session, ids), find_declarations(session, ids)
    pairs = [*pairwise(rows), (rows[-1], None)] if rows else []
    return [
        _entry(view, row, earlier, revoked.get(row.id), declared.get(row.id))
        for row, earlier in pairs[:limit]
    ]


def _entry(
    view: View, row: DatasetRevision, earlier: DatasetRevision | None, revoked: Any, declared: Any
) -> HistoryEntry:
    tells_times = _tells_times(view, row)
    judged = None
    if earlier is not None:
        judged = compare(RevisionFacts.of(earlier), RevisionFacts.of(row)).to_json()
        if not (tells_times and _tells_times(view, earlier)):
            judged = without_times(judged)
    return HistoryEntry(
        id=row.id,
        number=row.number,
        source_name=row.source_name if view.sees_all else None,
        sha256=row.sha256,
        rows=row.rows,
        columns=len(row.schema["fields"]),
        time_from=row.time_from if tells_times else None,
        time_to=row.time_to if tells_times else None,
        created_at=row.created_at,
        compatibility=judged,
        declared=None if declared is None else declared.kind,
        revoked_reason=None if revoked is None else revoked.reason,
        revoked_at=None if revoked is None else revoked.revoked_at,
    )


def _tells_times(view: View, revision: DatasetRevision) -> bool:
    return view.tells_times(revision.schema["time_field"])
