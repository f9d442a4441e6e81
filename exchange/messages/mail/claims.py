"""Which mails a node sends: claimed for a while, noted one by one, sent again by another node if it dies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, func, select, tuple_, update
from sqlalchemy.orm import Session

from exchange.messages.mail.models import MailChoice, MailDispatch, MailState
from exchange.messages.models import Message
from exchange.messages.queries import MessageCard, card_of
from exchange.messages.webhooks.pauses import is_due, pause_after
from exchange.messages.webhooks.turns import LEAST_TRIES

#: Mails of one claim, sent over one connection.
BATCH = 20
LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Letter:
    """All that is needed to write and send one mail."""

    person_id: str
    fence: int
    address: str
    language: str
    message: MessageCard


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a mail waits for its sending."""
    return session.scalar(_due(now).limit(1)) is not None


def claim_letters(session: Session, *, now: datetime) -> list[Letter]:
    """Take some mails that are due, the longest waiting first."""
    chosen = session.execute(
        select(MailDispatch.person_id, MailDispatch.message_id)
        .where(*_conditions(now))
        .order_by(MailDispatch.next_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not chosen:
        return []
    keys = tuple_(MailDispatch.person_id, MailDispatch.message_id).in_([tuple(row) for row in chosen])
    session.execute(
        update(MailDispatch)
        .where(keys)
        .values(leased_until=now + LEASE, fence=MailDispatch.fence + 1)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        select(MailDispatch.fence, MailChoice, Message)
        .join(MailChoice, MailChoice.person_id == MailDispatch.person_id)
        .join(Message, Message.id == MailDispatch.message_id)
        .where(keys)
        .order_by(Message.position)
    )
    return [
        Letter(choice.person_id, fence, choice.address, choice.language, card_of(message))
        for fence, choice, message in rows
    ]


def note_sent(session: Session, letter: Letter, *, now: datetime) -> None:
    """The mail server has taken it."""
    session.execute(_own(letter).values(state=MailState.SENT, sent_at=now, leased_until=None, failure=None))


def note_failure(session: Session, letter: Letter, failure: str, *, for_good: bool, now: datetime) -> None:
    """It was refused, for good or for now; a mail that was refused for days is given up."""
    tries = session.scalar(
        select(MailDispatch.tries).where(
            MailDispatch.person_id == letter.person_id, MailDispatch.message_id == letter.message.id
        )
    )
    tried = (tries or 0) + 1
    session.execute(
        _own(letter).values(
            tries=tried, failure=failure[:300], leased_until=None, next_at=now + pause_after(tried)
        )
    )
    parked = _own(letter).values(state=MailState.PARKED)
    if for_good:
        session.execute(parked)
    elif tried >= LEAST_TRIES:
        session.execute(parked.where(MailDispatch.expires_at <= now))


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many mails wait, and since when the oldest does."""
    query = select(func.count(), func.min(MailDispatch.queued_at)).where(
        MailDispatch.state == MailState.WAITING
    )
    count, oldest = session.execute(query).one()
    return int(count), oldest


def _own(letter: Letter) -> Update:
    return update(MailDispatch).where(
        MailDispatch.person_id == letter.person_id,
        MailDispatch.message_id == letter.message.id,
        MailDispatch.fence == letter.fence,
        MailDispatch.state == MailState.WAITING,
    )


def _due(now: datetime) -> Select[str]:
    return select(MailDispatch.message_id).where(*_conditions(now))


def _conditions(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        MailDispatch.state == MailState.WAITING,
        is_due(MailDispatch.next_at, now),
        is_due(MailDispatch.leased_until, now),
    )
