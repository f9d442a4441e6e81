"""Scheduled work about revisions."""

from datetime import timedelta
from typing import Any

from exchange.core import clock
from exchange.core.jobs import Job
from exchange.datasets.revisions.comparison import compare_waiting


def compare_revisions(context: Any) -> None:
    """Make the differences between large revisions that somebody has asked for."""
    compare_waiting(context.database, context.storage, now=clock.now())


COMPARE_REVISIONS = Job("compare_revisions", compare_revisions, timedelta(seconds=2))
