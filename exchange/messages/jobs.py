"""Scheduled work of messages."""

from datetime import timedelta
from typing import Any

from exchange.core import clock
from exchange.core.jobs import Job
from exchange.messages.following import Outlet, follow_batch, is_behind, tellers_by_type

#: What takes messages further than the inbox.
OUTLETS: tuple[Outlet, ...] = ()


def tell_organisations(context: Any) -> None:
    """Turn what was numbered since the last tick into messages; costs two reads when there is nothing."""
    tellers = tellers_by_type(context.tellers)
    with context.database.reading() as session:
        if not is_behind(session, now=clock.now()):
            return
    while context.database.write(
        lambda session: follow_batch(session, tellers=tellers, outlets=OUTLETS, now=clock.now())
    ):
        pass


#: Every node may run it: whoever holds the row of the followed log goes on, the others leave it.
TELL = Job("tell_organisations", tell_organisations, timedelta(seconds=1), leased=False)
