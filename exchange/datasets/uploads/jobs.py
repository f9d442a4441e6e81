"""Scheduled work of uploads."""

from datetime import timedelta
from typing import Any

from exchange.core import clock
from exchange.core.jobs import Job
from exchange.datasets.uploads import queries
from exchange.datasets.uploads.processing import process_next
from exchange.datasets.uploads.sweeping import remove_expired_uploads, remove_orphans


def read_uploads(context: Any) -> None:
    """Read received files one after the other; costs one read when there is none."""
    with context.database.reading() as session:
        if not queries.is_waiting(session, now=clock.now()):
            return
    while process_next(context):
        pass


def sweep_uploads(context: Any) -> None:
    """Remove abandoned uploads, and what killed processes left on this node."""
    context.storage.storage.workspace.sweep()
    remove_expired_uploads(context, now=clock.now())


def sweep_storage(context: Any) -> None:
    """Remove stored files that no row names."""
    remove_orphans(context, now=clock.now())


#: Every node may run it: files are claimed one by one.
READ_UPLOADS = Job("read_uploads", read_uploads, timedelta(seconds=1), leased=False)
#: On every node, as each sweeps its own local folder.
SWEEP_UPLOADS = Job("sweep_uploads", sweep_uploads, timedelta(minutes=10), leased=False)
SWEEP_STORAGE = Job("sweep_storage", sweep_storage, timedelta(hours=6))
