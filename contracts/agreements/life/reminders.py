"""What the clock gives rise to: messages ahead of an end, at it, and until the data are destroyed.

Nothing here decides whether data may flow; a message that comes late, or never, changes nothing about that.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements.life import queries
from contracts.agreements.life.course import Course
from contracts.agreements.life.events import AgreementEnded, AgreementEndNear, DestructionDue
from contracts.agreements.life.locks import lock_agreement
from contracts.agreements.life.models import AgreementReminder, AgreementStep
from contracts.agreements.life.standing import days_left, destroy_by, is_destruction_overdue, state_of
from contracts.agreements.models import Agreement
from exchange.core.clock import to_millis
from exchange.core.events import EXCHANGE, Event, record_event

#: Ahead of the end of the time to destroy the data.
DESTRUCTION_DAYS = (7, 1)
#: After the longest time to destroy the data, nobody is reminded any more.
_LONGEST = timedelta(days=400)


def find_to_remind(session: Session, *, days: tuple[int, ...], now: datetime) -> list[str]:
    """The agreements that end within the longest of these days, or ended not long ago and are not done with."""
    done = select(AgreementStep.agreement_id).where(AgreementStep.step == "destroyed")
    query = select(Agreement.id).where(
        Agreement.executed_at.is_not(None),
        Agreement.valid_until <= now + timedelta(days=max(days, default=0)),
        Agreement.valid_until > now - _LONGEST,
        Agreement.id.not_in(done),
    )
    return list(session.scalars(query.order_by(Agreement.id)))


def find_unsigned(session: Session, *, frozen_before: datetime) -> list[tuple[str, datetime]]:
    """The agreements that wait for signatures since before an instant and have not come to nothing."""
    closed = select(AgreementStep.agreement_id).where(AgreementStep.step.in_(("abandon", "lapse")))
    query = select(Agreement.id, Agreement.frozen_at).where(
        Agreement.executed_at.is_(None), Agreement.frozen_at <= frozen_before, Agreement.id.not_in(closed)
    )
    return [(agreement_id, frozen_at) for agreement_id, frozen_at in session.execute(query)]


def remind(session: Session, *, agreement_id: str, days: tuple[int, ...], now: datetime) -> int:
    """Record what is due to be told of an agreement and was not yet; returns how much. Harmless when repeated."""
    agreement = lock_agreement(session, agreement_id)
    course = queries.read_course(session, agreement)
    told = 0
    for kind, due_at, event in _due(agreement_id, course, days, now):
        if session.get(AgreementReminder, (agreement_id, kind, due_at)) is None:
            session.add(AgreementReminder(agreement_id=agreement_id, kind=kind, due_at=due_at))
            record_event(session, event, subject=agreement_id, actor=EXCHANGE, at=now)
            told += 1
    return told


def _due(
    agreement_id: str, course: Course, days: tuple[int, ...], now: datetime
) -> Iterator[tuple[str, datetime, Event]]:
    ends_at = course.ends_at
    if now < ends_at:
        # Only the nearest one: who learns of a notice of ten days needs no message about thirty.
        near = [mark for mark in days if (days_left(course, now) or 0) <= mark]
        if near:
            yield (
                f"end_{min(near)}",
                ends_at,
                AgreementEndNear(agreement_id, min(near), to_millis(ends_at)),
            )
        return
    state = state_of(course, now, is_filed=True, is_held=False)
    yield "ended", ends_at, AgreementEnded(agreement_id, state, to_millis(ends_at))
    if not course.terms.document["end"]["confirmation"] or course.destroyed is not None:
        return
    due_at = destroy_by(course)
    left = [mark for mark in DESTRUCTION_DAYS if now >= due_at - timedelta(days=mark)]
    if is_destruction_overdue(course, now):
        yield "destroy_0", due_at, DestructionDue(agreement_id, 0, to_millis(due_at))
    elif left:
        yield f"destroy_{min(left)}", due_at, DestructionDue(agreement_id, min(left), to_millis(due_at))
