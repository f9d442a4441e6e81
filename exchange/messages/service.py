"""What can be done with messages."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.messages import queries
from exchange.messages.models import Message
from exchange.participants import Actor


def read_message(session: Session, *, actor: Actor, message_id: str, now: datetime) -> queries.MessageCard:
    """Note that the actor's organisation has read a message; the first reading counts.

    Raises:
        NotFound: there is none, or it is for others.
    """
    queries.get_message(session, message_id, actor=actor)
    _read(session, actor, now, Message.id == message_id)
    return queries.get_message(session, message_id, actor=actor)


def read_messages(session: Session, *, actor: Actor, until: int, now: datetime) -> int:
    """Note that everything up to a position has been read; returns how many messages that were.

    What arrives meanwhile stays unread: nobody has seen it.
    """
    return _read(session, actor, now, Message.position <= until)


def forget_messages(session: Session, *, before: datetime, most: int) -> int:
    """Delete messages told before an instant, with what was noted of sending them on; returns how many."""
    old = list(session.scalars(select(Message.id).where(Message.told_at < before).limit(most)))
    if old:
        session.execute(delete(Message).where(Message.id.in_(old)))
    return len(old)


def _read(session: Session, actor: Actor, now: datetime, which: object) -> int:
    done = session.execute(
        update(Message)
        .where(Message.organisation_id == actor.organisation_id, Message.read_at.is_(None), which)  # type: ignore[arg-type]
        .values(read_at=now, read_by=actor.person_id)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )
    return len(done.all())
