"""Exporting the log as one evidence bundle."""

import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import func

from exchange.audit.bundle_writer import write_bundle
from exchange.audit.checkpoints import open_checkpoint
from exchange.audit.notes import VKey
from exchange.audit.queries import get_checkpoint_note, iterate_items
from exchange.audit.sequencer import number_all
from exchange.core.database import Database
from exchange.core.errors import Unavailable
from exchange.core.events import EventRow
from exchange.trust import PrivateKey

_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.05


def export_bundle(database: Database, path: Path, *, key: PrivateKey, origin: str, now: datetime) -> int:
    """Write everything committed so far as a bundle; returns how many events it holds."""
    _number_everything(database, key=key, origin=origin, now=now)
    with database.reading() as session:
        note = get_checkpoint_note(session)
        vkey = VKey(origin, key.public)
        size = open_checkpoint(note, vkey).size
        write_bundle(
            path,
            checkpoint_note=note,
            key=key,
            origin=origin,
            vkey=vkey,
            batches=iterate_items(session, size),
        )
    return size


def _number_everything(database: Database, *, key: PrivateKey, origin: str, now: datetime) -> None:
    """Number what is committed by now; where another node is at it, wait for that node."""
    with database.reading() as session:
        last = session.query(func.max(EventRow.id)).scalar()
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        number_all(database, key=key, origin=origin, now=now)
        with database.reading() as session:
            waiting = session.query(EventRow.id).filter(
                EventRow.position.is_(None), EventRow.id <= (last or 0)
            )
            if waiting.first() is None:
                return
        time.sleep(_LOOK_AGAIN_S)
    raise Unavailable("events are waiting for their number", remedy="Look at the job number_events.")
