"""Scheduled work of messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exchange.config import Settings
from exchange.core import clock
from exchange.core.jobs import Job
from exchange.messages.following import Outlet, follow_batch, is_behind, tellers_by_type
from exchange.messages.mail.service import queue_mails
from exchange.messages.models import Message
from exchange.messages.webhooks.queueing import queue_for_endpoints


def tell_organisations(context: Any) -> None:
    """Turn what was numbered since the last tick into messages; costs two reads when there is nothing."""
    tellers = tellers_by_type(context.tellers)
    outlets = outlets_of(context.settings)
    with context.database.reading() as session:
        if not is_behind(session, now=clock.now()):
            return
    while context.database.write(
        lambda session: follow_batch(session, tellers=tellers, outlets=outlets, now=clock.now())
    ):
        pass


def outlets_of(settings: Settings) -> tuple[Outlet, ...]:
    """What takes messages further than the inbox."""
    patience = timedelta(days=settings.webhook_days)

    def to_webhooks(session: Session, messages: Sequence[Message], now: datetime) -> None:
        queue_for_endpoints(session, messages, now, patience=patience)

    def to_people(session: Session, messages: Sequence[Message], now: datetime) -> None:
        queue_mails(session, messages, now, patience=patience)

    # Without a mail server nothing is queued, or one that is set up later would send old news.
    return (to_webhooks, to_people) if settings.smtp_host else (to_webhooks,)


#: Every node may run it: whoever holds the row of the followed log goes on, the others leave it.
TELL = Job("tell_organisations", tell_organisations, timedelta(seconds=1), leased=False)
