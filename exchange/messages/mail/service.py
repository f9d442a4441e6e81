"""What a person can choose about mail, and what is queued for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from exchange.core.errors import Invalid
from exchange.messages.mail.models import MailChoice, MailDispatch, MailState
from exchange.messages.models import Message
from exchange.participants import Actor, get_login

#: No full grammar: enough to keep names that are no addresses, and headers, out of the envelope.
_ADDRESS = re.compile(r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


@dataclass(frozen=True)
class MailCard:
    """What a person gets by mail."""

    #: None where the login is no mail address, so that nothing can be sent.
    address: str | None
    language: str
    topics: list[Any]
    waiting: int
    parked: int


def get_choice(session: Session, *, actor: Actor) -> MailCard:
    """What the actor gets by mail; nothing unless they chose something."""
    login = get_login(session, actor.person_id)
    row = session.get(MailChoice, actor.person_id)
    states = session.execute(
        select(MailDispatch.state, func.count())
        .where(MailDispatch.person_id == actor.person_id)
        .group_by(MailDispatch.state)
    )
    counts: dict[str, int] = {state: int(count) for state, count in states}
    return MailCard(
        address=login if _ADDRESS.match(login) else None,
        language=row.language if row else "zh",
        topics=list(row.topics) if row else [],
        waiting=counts.get(MailState.WAITING, 0),
        parked=counts.get(MailState.PARKED, 0),
    )


def choose_mail(
    session: Session, *, actor: Actor, topics: Sequence[str], language: str, now: datetime
) -> MailCard:
    """Get the messages of some topics by mail from now on; of none, no mail any more.

    Mail goes to the address with which the person signs in and to no other, so nobody can have it sent to
    a stranger.

    Raises:
        NotPermitted: the organisation is not verified.
        Invalid: the login is no mail address.
    """
    actor.require_role(*actor.roles)
    login = get_login(session, actor.person_id)
    if topics and not _ADDRESS.match(login):
        raise Invalid(
            f"your login {login} is no mail address", field="topics", remedy="Sign in with one that is."
        )
    session.merge(
        MailChoice(
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            address=login,
            language=language,
            topics=sorted(set(topics)),
            chosen_at=now,
        )
    )
    session.flush()
    # What waits of a topic that is not wanted any more is not sent either.
    unwanted = select(Message.id).where(Message.topic.not_in(topics))
    session.execute(
        delete(MailDispatch)
        .where(
            MailDispatch.person_id == actor.person_id,
            MailDispatch.state == MailState.WAITING,
            MailDispatch.message_id.in_(unwanted),
        )
        .execution_options(synchronize_session=False)
    )
    return get_choice(session, actor=actor)


def queue_mails(
    session: Session, messages: Sequence[Message], now: datetime, *, patience: timedelta
) -> None:
    """Queue each message for the people of its organisation who want its topic, in its transaction."""
    organisations = {message.organisation_id for message in messages}
    choices = session.scalars(select(MailChoice).where(MailChoice.organisation_id.in_(organisations))).all()
    rows = [
        {
            "person_id": choice.person_id,
            "message_id": message.id,
            "state": MailState.WAITING,
            "queued_at": now,
            "expires_at": now + patience,
            "next_at": now,
            "tries": 0,
            "fence": 0,
        }
        for choice in choices
        for message in messages
        if message.organisation_id == choice.organisation_id and message.topic in choice.topics
    ]
    if rows:
        session.execute(insert(MailDispatch), rows)
