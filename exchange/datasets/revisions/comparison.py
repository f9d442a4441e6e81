"""Asking for a difference: kept ones at once, small ones made on the spot, large ones left to a job.

Reading files takes time and needs no lock, so nothing here runs inside the transaction of a request.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from exchange.core import canonical
from exchange.core.database import Database, insert_ignoring
from exchange.core.storage import Storage
from exchange.datasets import queries
from exchange.datasets.errors import DiffPending, KeyNotUnique, UnknownColumn
from exchange.datasets.models import DatasetRevision, RevisionDiff
from exchange.datasets.revisions.access import view_of
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import DIFF_FORMAT, Side, diff_revisions, masked
from exchange.datasets.revisions.revocation import find_revocations
from exchange.datasets.revisions.source import revision_source
from exchange.datasets.schema import Schema
from exchange.participants import Actor

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
    kept: RevisionDiff | None

    @property
    def cells(self) -> int:
        return sum(item.rows * len(item.schema["fields"]) for item in (self.old, self.new))


def read_diff(
    database: Database,
    storage: Storage,
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
        NotFound: no such revisions, or nothing of them is for this actor.
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
    return masked(document, frozenset() if revoked else view.columns)


def compare_waiting(database: Database, storage: Storage, *, now: datetime) -> int:
    """Make the differences that wait, the oldest first; returns how many were made."""
    with database.reading() as session:
        waiting = list(
            session.scalars(
                select(RevisionDiff)
                .where(RevisionDiff.finished_at.is_(None))
                .order_by(RevisionDiff.asked_at)
            )
        )
        pairs = [
            _Pair(_revision(session, item.old_id), _revision(session, item.new_id), item)
            for item in waiting
        ]
    for pair, item in zip(pairs, waiting, strict=True):
        try:
            with _one_at_a_time:
                document = _compare(storage, pair, tuple(item.key))
        except KeyNotUnique as refusal:
            document = {"refusal": {"detail": refusal.detail, "remedy": refusal.remedy}}
        _keep(database, pair, item.question, tuple(item.key), document, now)
    return len(pairs)


def _find_pair(session: Session, asked: Asked) -> _Pair:
    old, new = (
        queries.get_revision(session, asked.dataset_id, number) for number in (asked.old, asked.new)
    )
    for name in asked.key:
        if any(name not in Schema.from_json(item.schema).names for item in (old, new)):
            raise UnknownColumn(
                f"{name} is not a column of both revisions.",
                field="key",
                remedy="Name columns that both have.",
            )
    return _Pair(old, new, session.get(RevisionDiff, (old.id, new.id, asked.question)))


def _finished(kept: RevisionDiff) -> dict[str, Any]:
    if "refusal" in kept.document:
        raise KeyNotUnique(field="key", **kept.document["refusal"])
    return kept.document


def _make(
    database: Database, storage: Storage, pair: _Pair, asked: Asked, inline_cells: int, now: datetime
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


def _compare(storage: Storage, pair: _Pair, key: tuple[str, ...]) -> dict[str, Any]:
    return diff_revisions(
        _side(storage, pair.old), _side(storage, pair.new), temp=storage.incoming, key=key
    )


def _side(storage: Storage, revision: DatasetRevision) -> Side:
    stored = queries.StoredRevision(revision.id, Schema.from_json(revision.schema), revision.storage_key)
    return Side(
        revision_source(storage, stored),
        RevisionFacts.of(revision),
        revision.profile,
        {"id": revision.id, "number": revision.number},
    )


def _revision(session: Session, revision_id: str) -> DatasetRevision:
    return session.get_one(DatasetRevision, revision_id)
