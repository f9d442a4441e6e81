"""Asking for a difference: kept ones at once, small ones made on the spot, large ones left to a job.

Reading files takes time and needs no lock, so nothing here runs inside the transaction of a request.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from exchange.core import canonical
from exchange.core.database import Database, insert_ignoring
from exchange.core.errors import DomainError, NotFound
from exchange.datasets import queries
from exchange.datasets.errors import DiffPending, KeyNotUnique, UnknownColumn
from exchange.datasets.models import DatasetRevision, RevisionDiff
from exchange.datasets.revisions.access import view_of
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import DIFF_FORMAT, Side, diff_revisions, masked
from exchange.datasets.revisions.revocation import find_revocations
from exchange.datasets.revisions.source import Source, revision_source
from exchange.datasets.schema import Schema
from exchange.participants import Actor
from exchange.trust import Vault

logger = logging.getLogger(__name__)

#: Differences that may wait for the job; beyond, asking costs nothing and leaves nothing.
MOST_WAITING = 100
# One at a time in a process, so that comparisons never take all its threads and memory.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Asked:
    """Two revisions of a data set, by number, and the key to compare rows by."""

    dataset_id: str
    old: int
    new: int
    key: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        return hashlib.sha256(canonical.to_bytes([DIFF_FORMAT, list(self.key)])).hexdigest()


@dataclass(frozen=True)
class _Pair:
    """The two revisions as rows, and the document if it is there."""

    old: DatasetRevision
    new: DatasetRevision
    #: What the two consist of, in the same order.
    stored: tuple[queries.StoredRevision, queries.StoredRevision]
    kept: RevisionDiff | None

    @property
    def cells(self) -> int:
        return sum(item.rows * len(item.schema["fields"]) for item in (self.old, self.new))


def read_diff(
    database: Database,
    storage: Vault,
    *,
    actor: Actor,
    asked: Asked,
    inline_cells: int,
    now: datetime,
) -> dict[str, Any]:
    """The difference between two revisions, with values only of what the actor may see.

    Args:
        inline_cells: pairs with more cells than these are left to the job.

    Raises:
        NotFound: no such revisions, their data were deleted, or nothing of them is for this actor.
        UnknownColumn, KeyNotUnique: the key does not fit.
        DiffPending: it is being made; ask again.
    """
    with database.reading() as session:
        view = view_of(session, actor=actor, dataset_id=asked.dataset_id, at=now)
        pair = _find_pair(session, asked)
        revoked = find_revocations(session, [pair.old.id, pair.new.id])
    document = _finished(pair.kept) if pair.kept is not None and pair.kept.finished_at else None
    if document is None:
        document = _make(database, storage, pair, asked, inline_cells, now)
    if view.sees_all:
        return document
    # Values of a revoked revision leave in no form.
    visible = frozenset() if revoked else view.columns
    times = [revision.schema["time_field"] for revision in (pair.old, pair.new)]
    return masked(document, visible, tells_times=not revoked and all(map(view.tells_times, times)))


def compare_waiting(database: Database, storage: Vault, *, now: datetime) -> int:
    """Make the differences that wait, the oldest first; returns how many were made.

    One that cannot be made now waits for the next time and keeps no other one from being made.
    """
    with database.reading() as session:
        waiting = list(
            session.scalars(
                select(RevisionDiff)
                .where(RevisionDiff.finished_at.is_(None))
                .order_by(RevisionDiff.asked_at)
            )
        )
    return sum(_make_waiting(database, storage, item, now) for item in waiting)


def _make_waiting(database: Database, storage: Vault, item: RevisionDiff, now: datetime) -> bool:
    key = tuple(item.key)
    try:
        with database.reading() as session:
            old, new = (session.get_one(DatasetRevision, id_) for id_ in (item.old_id, item.new_id))
            pair = _pair_of(session, old, new, item)
        with _one_at_a_time:
            document = _compare(storage, pair, key)
    except KeyNotUnique as refusal:
        document = {"refusal": {"detail": refusal.detail, "remedy": refusal.remedy}}
    except NotFound:
        database.write(lambda session: _forget(session, item))
        return False
    except DomainError:
        logger.exception("revisions cannot be compared now", extra={"old": item.old_id, "new": item.new_id})
        return False
    _keep(database, pair, item.question, key, document, now)
    return True


def _forget(session: Session, item: RevisionDiff) -> None:
    # The data of a revision were deleted while the question waited; who asks again is told so.
    session.execute(
        delete(RevisionDiff).where(
            RevisionDiff.old_id == item.old_id,
            RevisionDiff.new_id == item.new_id,
            RevisionDiff.question == item.question,
        )
    )


def _find_pair(session: Session, asked: Asked) -> _Pair:
    old, new = (
        queries.get_revision_by_number(session, asked.dataset_id, number)
        for number in (asked.old, asked.new)
    )
    for name in asked.key:
        if any(name not in Schema.from_json(item.schema).names for item in (old, new)):
            raise UnknownColumn(
                f"{name} is not a column of both revisions.",
                field="key",
                remedy="Name columns that both have.",
            )
    return _pair_of(session, old, new, session.get(RevisionDiff, (old.id, new.id, asked.question)))


def _pair_of(
    session: Session, old: DatasetRevision, new: DatasetRevision, kept: RevisionDiff | None
) -> _Pair:
    stored = queries.get_stored_revision(session, old.id), queries.get_stored_revision(session, new.id)
    return _Pair(old, new, stored, kept)


def _finished(kept: RevisionDiff) -> dict[str, Any]:
    if "refusal" in kept.document:
        raise KeyNotUnique(field="key", **kept.document["refusal"])
    return kept.document


def _make(
    database: Database, storage: Vault, pair: _Pair, asked: Asked, inline_cells: int, now: datetime
) -> dict[str, Any]:
    if pair.cells > inline_cells:
        if pair.kept is None:
            database.write(lambda session: _ask_job(session, pair, asked, now))
        raise DiffPending(
            f"revisions {asked.old} and {asked.new} are large and are being compared",
            remedy="Ask again in a moment.",
        )
    with _turn():
        document = _compare(storage, pair, asked.key)
    _keep(database, pair, asked.question, asked.key, document, now)
    return document


@contextmanager
def _turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(blocking=False):
        raise DiffPending("other revisions are being compared", remedy="Ask again in a moment.")
    try:
        yield
    finally:
        _one_at_a_time.release()


def _ask_job(session: Session, pair: _Pair, asked: Asked, now: datetime) -> None:
    waiting = session.scalar(select(func.count()).where(RevisionDiff.finished_at.is_(None)))
    if (waiting or 0) < MOST_WAITING:
        insert_ignoring(session, RevisionDiff, **_row(pair, asked.question, asked.key, {}, now))


def _keep(
    database: Database,
    pair: _Pair,
    question: str,
    key: Sequence[str],
    document: dict[str, Any],
    now: datetime,
) -> None:
    def keep(session: Session) -> None:
        insert_ignoring(session, RevisionDiff, **_row(pair, question, key, document, now), finished_at=now)
        session.execute(
            update(RevisionDiff)
            .where(
                RevisionDiff.old_id == pair.old.id,
                RevisionDiff.new_id == pair.new.id,
                RevisionDiff.question == question,
                RevisionDiff.finished_at.is_(None),
            )
            .values(document=document, finished_at=now)
        )

    database.write(keep)


def _row(
    pair: _Pair, question: str, key: Sequence[str], document: dict[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "old_id": pair.old.id,
        "new_id": pair.new.id,
        "question": question,
        "key": list(key),
        "document": document,
        "asked_at": now,
    }


def _compare(storage: Vault, pair: _Pair, key: tuple[str, ...]) -> dict[str, Any]:
    old, new = pair.stored
    with revision_source(storage, old) as before, revision_source(storage, new) as after:
        return diff_revisions(
            _side(before, pair.old), _side(after, pair.new), temp=storage.incoming, key=key
        )


def _side(source: Source, revision: DatasetRevision) -> Side:
    identity = {"id": revision.id, "number": revision.number}
    return Side(source, RevisionFacts.of(revision), revision.profile, identity)
