"""Scheduled work of the catalogue."""

from datetime import timedelta
from typing import Any

from exchange.catalogue import queries
from exchange.catalogue.lifecycle import expire_listing
from exchange.core import clock
from exchange.core.jobs import Job


def expire_listings(context: Any) -> None:
    """Note every listing whose last day is past; the queries leave it out already, the log learns it here."""
    now = clock.now()
    while True:
        with context.database.reading() as session:
            due = queries.find_expired_ids(session, today=clock.day_of(now))
        noted = [
            context.database.write(
                lambda session, listing_id=listing_id: expire_listing(
                    session, listing_id=listing_id, now=now
                )
            )
            for listing_id in due
        ]
        if not any(noted):
            return


EXPIRE_LISTINGS = Job("expire_listings", expire_listings, timedelta(minutes=10))
