"""Forgetting what nobody can ask for any more: old answers to repeated requests, old messages, sessions long over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from exchange.core import clock
from exchange.core.database import Database
from exchange.core.idempotency import forget_answers
from exchange.core.jobs import Job
from exchange.messages.service import forget_messages
from exchange.messages.webhooks.service import forget_secrets
from exchange.participants.service import forget_web_sessions

#: A browser session is kept for a while after its end: who was signed in may be asked.
_SESSION_DAYS = 30
#: Rows of one transaction, so that writers never wait long.
_BATCH = 1000


def forget_old(context: Any) -> None:
    """Delete in short transactions until nothing old is left."""
    now = clock.now()
    answers = now - timedelta(days=context.settings.idempotency_days)
    _in_batches(context.database, forget_answers, answers)
    messages = now - timedelta(days=context.settings.message_days)
    _in_batches(context.database, forget_messages, messages)
    _in_batches(context.database, forget_secrets, now)
    _in_batches(context.database, forget_web_sessions, now - timedelta(days=_SESSION_DAYS))


def _in_batches(database: Database, forget: Callable[..., int], before: datetime) -> None:
    while database.write(lambda session: forget(session, before=before, most=_BATCH)) == _BATCH:
        pass


FORGET_OLD = Job("forget_old", forget_old, timedelta(hours=1))
