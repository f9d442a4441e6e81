"""Reads of the log: checkpoints, tiles, entries, and what it holds about a subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.audit.bundle_writer import Item
from exchange.audit.models import LogCheckpoint, LogTile
from exchange.audit.sequencer import newest_checkpoint
from exchange.audit.tiles import TILE_WIDTH, encode_entries
from exchange.core.errors import NotFound
from exchange.core.events import EventRow
from exchange.trust import b64_encode


@dataclass(frozen=True)
class LogStatus:
    """How the log stands."""

    size: int
    root: str
    signed_at: datetime | None
    #: Committed events that are not numbered yet, and since when the oldest waits.
    waiting: int
    waiting_since: datetime | None


def log_status(session: Session) -> LogStatus:
    """Size and root of the newest checkpoint, and what still waits for its number."""
    newest = newest_checkpoint(session)
    waiting, since = session.execute(
        select(func.count(), func.min(EventRow.occurred_at)).where(EventRow.position.is_(None))
    ).one()
    root = newest.note.split("\n")[2] if newest else b64_encode(b"")
    return LogStatus(
        newest.size if newest else 0, root, newest.signed_at if newest else None, waiting, since
    )


def get_checkpoint_note(session: Session) -> str:
    """The newest signed checkpoint.

    Raises:
        NotFound: nothing is logged yet.
    """
    newest = newest_checkpoint(session)
    if newest is None:
        raise NotFound("the log has no checkpoint yet")
    return newest.note


def get_tile(session: Session, level: int, index: int, width: int) -> bytes:
    """The first `width` hashes of a tile."""
    tile = session.get(LogTile, (level, index))
    if tile is None or len(tile.hashes) < width * 32:
        raise NotFound("there is no such tile")
    return tile.hashes[: width * 32]


def get_entry_bundle(session: Session, index: int, width: int) -> bytes:
    """The entries of one bundle."""
    first = index * TILE_WIDTH
    entries = session.scalars(
        select(EventRow.entry)
        .where(EventRow.position >= first, EventRow.position < first + width)
        .order_by(EventRow.position)
    ).all()
    if len(entries) < width:
        raise NotFound("there is no such entry bundle")
    return encode_entries(entries)


def find_newest_events(session: Session, limit: int, *, subject: str | None = None) -> list[EventRow]:
    """The last numbered events, newest first, about one subject if given."""
    query = select(EventRow).where(EventRow.position.is_not(None)).order_by(EventRow.position.desc())
    if subject is not None:
        query = query.where(EventRow.subject == subject)
    return list(session.scalars(query.limit(limit)))


def find_newest_checkpoints(session: Session, limit: int) -> list[LogCheckpoint]:
    """The last signed tree heads, newest first."""
    return list(session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(limit)))


def iterate_items(session: Session, size: int) -> Iterator[list[Item]]:
    """All entries with their records in the order of the log, a tile's width at a time."""
    for first in range(0, size, TILE_WIDTH):
        rows = session.execute(
            select(EventRow.entry, EventRow.record)
            .where(EventRow.position >= first, EventRow.position < min(size, first + TILE_WIDTH))
            .order_by(EventRow.position)
        ).all()
        yield [(row.entry, row.record) for row in rows]
