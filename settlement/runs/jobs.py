"""Scheduled work of settlement."""

from datetime import timedelta
from typing import Any

from exchange.core import clock
from exchange.core.jobs import Job
from settlement.runs.execution import run_settlement
from settlement.runs.queries import find_due_periods, find_late_periods


def settle_closed_periods(context: Any) -> None:
    """Settle every ended period that is not settled, and what was declared later for one that is.

    What is due is a question, so a missed tick is caught up.
    """
    now = clock.now()
    with context.database.reading() as session:
        due = [*find_due_periods(session, now=now), *find_late_periods(session, now=now)]
    for period in due:
        run_settlement(context.database, period=period, interim=False, now=now)


SETTLE_CLOSED_PERIODS = Job("settle_closed_periods", settle_closed_periods, timedelta(minutes=1))
