"""Scheduled work of the demand board: what waited too long, and what is over."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from exchange.core import clock
from exchange.core.jobs import Job
from exchange.demands import service
from exchange.demands.models import UNFULFILLED, Demand


def watch_demands(context: Any) -> None:
    """Expire demands whose last day has passed and mark those unclaimed for too long, each in its own transaction."""
    now = clock.now()
    with context.database.reading() as session:
        standing = list(session.scalars(select(Demand.id).where(Demand.state.in_(UNFULFILLED))))
    for demand_id in standing:
        context.database.write(lambda session, one=demand_id: _watch(session, one, now))


def _watch(session: Any, demand_id: str, now: Any) -> None:
    if not service.expire_demand(session, demand_id=demand_id, now=now):
        service.mark_unclaimed(session, demand_id=demand_id, now=now)


WATCH = Job("watch_demands", watch_demands, timedelta(minutes=10))
