"""Reads of messages; an organisation reads its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.messages.models import Message
from exchange.participants import Actor

PAGE = 50
#: More than this are not counted for the menu.
MOST_COUNTED = 100
# Built once: every page asks it, and putting it together costs more than running it.
_UNREAD = select(func.count()).select_from(
    select(Message.id)
    .where(Message.organisation_id == bindparam("organisation_id"), Message.read_at.is_(None))
    .limit(MOST_COUNTED)
    .subquery()
)


@dataclass(frozen=True)
class MessageCard:
    """A message as its readers see it."""

    id: str
    event_id: str
    event_type: str
    subject: str
    #: The event's place in the evidence log.
    position: int
    topic: str
    text_zh: str
    text_en: str
    page: str
    occurred_at: datetime
    told_at: datetime
    #: When somebody of the organisation read it; None while nobody has.
    read_at: datetime | None


def get_message(session: Session, message_id: str, *, actor: Actor) -> MessageCard:
    """One message to the actor's organisation.

    Raises:
        NotFound: there is none, or it is for others.
    """
    row = session.get(Message, message_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no message {message_id}")
    return card_of(row)


def find_messages(
    session: Session,
    *,
    actor: Actor,
    topic: str | None = None,
    unread: bool = False,
    before: int | None = None,
    limit: int = PAGE,
) -> list[MessageCard]:
    """The messages to the actor's organisation, newest first.

    Args:
        before: the position of the last message of the page before.
    """
    query = select(Message).where(Message.organisation_id == actor.organisation_id)
    if topic is not None:
        query = query.where(Message.topic == topic)
    if unread:
        query = query.where(Message.read_at.is_(None))
    if before is not None:
        query = query.where(Message.position < before)
    return [card_of(row) for row in session.scalars(query.order_by(Message.position.desc()).limit(limit))]


def count_unread(session: Session, *, actor: Actor) -> int:
    """How many messages the actor's organisation has not read; more than a menu needs are not counted."""
    asked = {"organisation_id": actor.organisation_id}
    return int(session.connection().execute(_UNREAD, asked).scalar_one())


def card_of(row: Message) -> MessageCard:
    """The message as its readers see it."""
    return MessageCard(**{name: getattr(row, name) for name in MessageCard.__dataclass_fields__})
