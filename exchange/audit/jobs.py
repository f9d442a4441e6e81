"""Scheduled work of the log."""

from datetime import timedelta
from typing import Any

from exchange.audit.sequencer import number_all
from exchange.core import clock
from exchange.core.events import EventRow
from exchange.core.jobs import Job


def number_events(context: Any) -> None:
    """Number what was committed since the last tick; costs one read when there is nothing."""
    with context.database.reading() as session:
        if session.query(EventRow.id).filter(EventRow.position.is_(None)).first() is None:
            return
    number_all(context.database, key=context.log_key, origin=context.settings.log_origin, now=clock.now())


#: Every node may run it: the database elects one (see sequencer).
SEQUENCE = Job(
    "number_events",
    number_events,
    lambda settings: timedelta(milliseconds=settings.sequence_interval_ms),
    leased=False,
)
