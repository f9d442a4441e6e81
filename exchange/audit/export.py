"""Exporting the log as one evidence bundle."""

from datetime import datetime
from pathlib import Path

from exchange.audit.bundle_writer import write_bundle
from exchange.audit.checkpoints import open_checkpoint
from exchange.audit.notes import VKey
from exchange.audit.queries import get_checkpoint_note, iterate_items
from exchange.audit.sequencer import number_all
from exchange.core.database import Database
from exchange.trust import PrivateKey


def export_bundle(database: Database, path: Path, *, key: PrivateKey, origin: str, now: datetime) -> int:
    """Write everything committed so far as a bundle; returns how many events it holds."""
    number_all(database, key=key, origin=origin, now=now)
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
