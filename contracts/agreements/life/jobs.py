"""Scheduled work in the life of agreements: messages, and agreements that nobody signs."""

from datetime import timedelta
from typing import Any

from contracts.agreements.life import reminders, steps
from exchange.core import clock
from exchange.core.jobs import Job


def remind_of_ends(context: Any) -> None:
    """Tell of ends ahead, ends, and destructions that are due, each agreement in its own transaction."""
    now, days = clock.now(), context.settings.end_notice_marks
    with context.database.reading() as session:
        found = reminders.find_to_remind(session, days=days, now=now)
    for agreement_id in found:
        context.database.write(
            lambda session, one=agreement_id: reminders.remind(
                session, agreement_id=one, days=days, now=now
            )
        )


def lapse_agreements(context: Any) -> None:
    """Let agreements lapse that were not signed within the answer time."""
    now, time = clock.now(), timedelta(days=context.settings.answer_days)
    with context.database.reading() as session:
        found = reminders.find_unsigned(session, frozen_before=now - time)
    for agreement_id, frozen_at in found:
        context.database.write(
            lambda session, one=agreement_id, until=frozen_at + time: steps.lapse(
                session, agreement_id=one, until=until, now=now
            )
        )


REMIND = Job("remind_of_ends", remind_of_ends, timedelta(hours=1))
LAPSE = Job("lapse_agreements", lapse_agreements, timedelta(minutes=10))
