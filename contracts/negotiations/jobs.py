"""Scheduled work of negotiations: proposals that nobody answered."""

from datetime import timedelta
from typing import Any

from contracts.negotiations import queries, service
from exchange.core import clock
from exchange.core.jobs import Job


def expire_negotiations(context: Any) -> None:
    """End negotiations whose last proposal was not answered in time, each in its own transaction."""
    now = clock.now()
    with context.database.reading() as session:
        expired = queries.find_expired_ids(session, now=now)
    for negotiation_id in expired:
        context.database.write(
            lambda session, one=negotiation_id: service.expire_negotiation(
                session, negotiation_id=one, now=now
            )
        )


EXPIRE = Job("expire_negotiations", expire_negotiations, timedelta(minutes=10))
