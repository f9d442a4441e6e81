"""From committed events to messages: the log is followed by its positions, once, in its order.

Positions are given after the commit and without gaps, so "everything below this size" loses no event that
commits late. The messages, what sends them on, and the new size are one transaction: a crash leaves all
of them or none.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from exchange.core.entries import decode_record
from exchange.core.events import EventRow
from exchange.core.identifiers import derived_id
from exchange.core.telling import Fact, Teller, Telling
from exchange.messages.models import TEXT_LENGTH, FollowedLog, Message, UntoldEvent

#: Events of one transaction that somebody is told of, and entries that it looks through for them.
BATCH = 100
REACH = 20_000
#: How long an event rests whose teller failed.
REST = timedelta(minutes=5)

#: By event type.
Tellers = Mapping[str, tuple[Teller, ...]]
#: Called with the session and new messages: queues them for wherever else they go.
Outlet = Callable[[Session, Sequence[Message], datetime], None]

logger = logging.getLogger(__name__)


def tellers_by_type(tellers: Mapping[type, tuple[Teller, ...]]) -> Tellers:
    """The registered tellers by the name that the event's class has in the log."""
    return {event.type: found for event, found in tellers.items()}  # type: ignore[attr-defined]


def is_behind(session: Session, *, now: datetime) -> bool:
    """Whether there is anything to tell; costs two small reads."""
    end = session.scalar(select(func.max(EventRow.position)))
    followed = session.scalar(select(FollowedLog.size))
    if end is not None and end >= (followed or 0):
        return True
    return session.scalar(_resting(now).limit(1)) is not None


def follow_batch(session: Session, *, tellers: Tellers, outlets: Iterable[Outlet], now: datetime) -> bool:
    """Tell the next events; False when there was nothing, or another node is at it."""
    log = session.scalars(select(FollowedLog).with_for_update(skip_locked=True)).one_or_none()
    if log is None:
        return False
    end = session.scalar(select(func.max(EventRow.position)))
    until = min(-1 if end is None else end, log.size + REACH - 1)
    events = _events(session, tellers, log.size, until)
    again = list(session.scalars(_resting(now).limit(BATCH).with_for_update()))
    if until < log.size and not again:
        return False
    messages = [message for event in events for message in _told(session, event, tellers, now)]
    messages += [message for event in again for message in _told_again(session, event, tellers, now)]
    if until >= log.size:
        log.size = (events[-1].position or 0) + 1 if len(events) == BATCH else until + 1
    session.flush()  # what is queued refers to the messages
    for queue in outlets:
        queue(session, messages, now)
    return True


def count_waiting(session: Session) -> int:
    """How many entries of the log nobody has looked at yet."""
    end = session.scalar(select(func.max(EventRow.position)))
    followed = session.scalar(select(FollowedLog.size)) or 0
    return 0 if end is None else max(0, end + 1 - followed)


def _events(session: Session, tellers: Tellers, first: int, last: int) -> list[EventRow]:
    query = select(EventRow).where(EventRow.position.between(first, last), EventRow.type.in_(tellers))
    return list(session.scalars(query.order_by(EventRow.position).limit(BATCH)))


def _resting(now: datetime) -> Select[UntoldEvent]:
    return select(UntoldEvent).where(UntoldEvent.failed_at <= now - REST).order_by(UntoldEvent.position)


def _told(session: Session, event: EventRow, tellers: Tellers, now: datetime) -> list[Message]:
    try:
        return _tell(session, event, tellers, now)
    except Exception as error:
        # One teller's defect must not keep everybody from hearing of everything else.
        logger.exception("nobody could be told of an event", extra={"event": event.event_id})
        session.merge(UntoldEvent(position=event.position, failure=_failure(error), failed_at=now))
        return []


def _told_again(session: Session, untold: UntoldEvent, tellers: Tellers, now: datetime) -> list[Message]:
    event = session.scalars(select(EventRow).where(EventRow.position == untold.position)).one()
    try:
        messages = _tell(session, event, tellers, now)
    except Exception as error:
        logger.exception("nobody could be told of an event again", extra={"event": event.event_id})
        untold.failure, untold.failed_at = _failure(error), now
        return []
    session.delete(untold)
    return messages


def _tell(session: Session, event: EventRow, tellers: Tellers, now: datetime) -> list[Message]:
    if event.record is None:
        return []  # erased by law: nothing is left to tell
    fact = Fact(event.type, event.subject, event.actor, event.occurred_at, decode_record(event.record))
    messages: dict[str, Message] = {}
    # A failure of the database inside a teller ends the savepoint, not the whole batch.
    with session.begin_nested():
        for tell in tellers.get(event.type, ()):
            for telling in tell(session, fact):
                for organisation_id in telling.recipients:
                    # Who is told in two capacities is told once, in the first one.
                    messages.setdefault(organisation_id, _message(event, telling, organisation_id, now))
        session.add_all(messages.values())
    return list(messages.values())


def _message(event: EventRow, telling: Telling, organisation_id: str, now: datetime) -> Message:
    words = telling.words()
    return Message(
        id=derived_id("msg", event.event_id, organisation_id),
        organisation_id=organisation_id,
        event_id=event.event_id,
        event_type=event.type,
        subject=event.subject,
        position=event.position,
        topic=telling.topic.value,
        text_zh=words.zh[:TEXT_LENGTH],
        text_en=words.en[:TEXT_LENGTH],
        page=telling.page,
        occurred_at=event.occurred_at,
        told_at=now,
    )


def _failure(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
