"""Scheduled work of the certificate authority."""

from datetime import timedelta
from typing import Any

from exchange.core import clock
from exchange.core.jobs import Job
from exchange.participants.keys.issuing import issuance_of, refresh_lists


def refresh_revocation_lists(context: Any) -> None:
    """Publish the lists anew, so that nobody fetches one that has ended."""
    issuance = issuance_of(context)
    context.database.write(lambda session: refresh_lists(session, issuance, now=clock.now()))


REFRESH_LISTS = Job("refresh_revocation_lists", refresh_revocation_lists, timedelta(hours=1))
