"""Numbering committed events into the log: after the commit, by one elected node at a time.

Numbers given inside a transaction would leave gaps on rollback, and "id greater than the last one" would
lose events that commit late; an event that is not yet numbered can be neither.
"""

from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from exchange.audit.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from exchange.audit.merkle import leaf_hash
from exchange.audit.models import LogCheckpoint, LogTile
from exchange.audit.notes import VKey
from exchange.audit.tiles import RightEdge, edge_widths
from exchange.core.database import Database
from exchange.core.errors import DomainError
from exchange.core.events import EventRow
from exchange.trust import PrivateKey

BATCH = 2000
#: Elects one sequencer on PostgreSQL; safety rests on the unique positions and sizes, not on this.
_ELECTION = 0x5744584C


class LogBroken(DomainError):
    """The stored tree is not the one the last checkpoint states; signing on would fork the log."""

    kind = "unavailable"
    code = "log-broken"


def number_all(database: Database, *, key: PrivateKey, origin: str, now: datetime) -> int:
    """Number everything that is committed; returns how many events that were."""
    total = 0
    while count := database.write(lambda session: number_batch(session, key=key, origin=origin, now=now)):
        total += count
    return total


def number_batch(session: Session, *, key: PrivateKey, origin: str, now: datetime) -> int:
    """Number up to `BATCH` events, extend the tree and sign a checkpoint; returns how many.

    Raises:
        LogBroken: the stored tiles do not give the root of the last checkpoint.
    """
    if not _is_elected(session):
        return 0
    # Looked up first without the write lock's work: the usual answer is "nothing new".
    rows = session.execute(
        select(EventRow.id, EventRow.entry)
        .where(EventRow.position.is_(None))
        .order_by(EventRow.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return 0
    edge = load_right_edge(session, VKey(origin, key.public))
    _assign_positions(session, [row.id for row in rows], edge.size)
    grown, tiles = edge.extend([leaf_hash(row.entry) for row in rows])
    for tile in tiles:
        session.merge(LogTile(level=tile.level, index=tile.index, hashes=tile.hashes))
    note = sign_checkpoint(Checkpoint(origin, grown.size, grown.root), key)
    session.add(LogCheckpoint(size=grown.size, note=note, signed_at=now))
    return len(rows)


def load_right_edge(session: Session, vkey: VKey) -> RightEdge:
    """The state from which the log grows, checked against its own last signature."""
    newest = newest_checkpoint(session)
    if newest is None:
        return RightEdge()
    checkpoint = open_checkpoint(newest.note, vkey)
    tiles = []
    for level, width in enumerate(edge_widths(checkpoint.size)):
        index = checkpoint.size >> (8 * level) >> 8
        tile = session.get(LogTile, (level, index)) if width else None
        tiles.append(tile.hashes if tile else b"")
    edge = RightEdge(checkpoint.size, tuple(tiles))
    if edge.root != checkpoint.root:
        raise LogBroken(
            f"the stored tree of {checkpoint.size} entries does not have the root that was signed",
            remedy="Restore the database, or verify the newest bundle; do not sign on.",
        )
    return edge


def newest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The largest signed tree head."""
    return session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)).one_or_none()


def _is_elected(session: Session) -> bool:
    if session.get_bind().dialect.name != "postgresql":
        return True  # the write transaction is the election
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ELECTION}))


def _assign_positions(session: Session, ids: list[int], first: int) -> None:
    table = EventRow.__table__
    result = session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row_id"), table.c.position.is_(None))
        .values(position=bindparam("new_position")),
        [{"row_id": row_id, "new_position": first + at} for at, row_id in enumerate(ids)],
    )
    if result.rowcount not in {len(ids), -1}:
        raise LogBroken("another node numbered the same events")
