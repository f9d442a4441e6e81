"""Sending messages again: one, a range of the log, or everything that was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from exchange.core.errors import Invalid, NotFound
from exchange.messages.models import Message
from exchange.messages.webhooks.models import DispatchState, WebhookDispatch, WebhookEndpoint
from exchange.messages.webhooks.queries import get_endpoint
from exchange.messages.webhooks.queueing import new_dispatch, wants
from exchange.messages.webhooks.service import require_active
from exchange.participants import Actor

#: Messages of one request; a longer range is asked for in pieces.
MOST = 1000


@dataclass(frozen=True)
class Replay:
    """How many messages are queued again, and where to go on; None when that was all."""

    queued: int
    next: int | None


def replay(
    session: Session,
    *,
    actor: Actor,
    endpoint_id: str,
    message_id: str | None = None,
    first: int | None = None,
    last: int | None = None,
    parked: bool = False,
    patience: timedelta,
    now: datetime,
) -> Replay:
    """Queue messages again under their old ids, also those that the endpoint never got.

    Exactly one of a message, a range of positions (`first`, and `last` if it ends) and `parked` is named.

    Raises:
        Invalid: none or several of them.
        NotFound: the message is another organisation's.
        WrongState: the endpoint is disabled.
    """
    if [message_id is not None, first is not None, parked].count(True) != 1:
        raise Invalid("name one message, a range, or everything parked", field="message_id")
    endpoint = get_endpoint(session, endpoint_id, actor=actor)
    require_active(endpoint)
    if message_id is not None:
        found = _one(session, endpoint, message_id)
    elif parked:
        found = _parked(session, endpoint)
    else:
        found = _range(session, endpoint, first or 0, last)
    chosen, rest = found[:MOST], found[MOST:]
    wanted = [message for message in chosen if first is None or wants(endpoint.events, message.event_type)]
    _queue(session, endpoint.id, wanted, patience, now)
    return Replay(len(wanted), rest[0].position if rest else None)


def _one(session: Session, endpoint: WebhookEndpoint, message_id: str) -> Sequence[Message]:
    message = session.get(Message, message_id)
    if message is None or message.organisation_id != endpoint.organisation_id:
        raise NotFound(f"there is no message {message_id}")
    return [message]


def _range(session: Session, endpoint: WebhookEndpoint, first: int, last: int | None) -> Sequence[Message]:
    query = select(Message).where(
        Message.organisation_id == endpoint.organisation_id, Message.position >= first
    )
    if last is not None:
        query = query.where(Message.position <= last)
    return session.scalars(query.order_by(Message.position).limit(MOST + 1)).all()


def _parked(session: Session, endpoint: WebhookEndpoint) -> Sequence[Message]:
    query = (
        select(Message)
        .join(WebhookDispatch, WebhookDispatch.message_id == Message.id)
        .where(WebhookDispatch.endpoint_id == endpoint.id, WebhookDispatch.state == DispatchState.PARKED)
    )
    return session.scalars(query.order_by(Message.position).limit(MOST + 1)).all()


def _queue(
    session: Session, endpoint_id: str, messages: Sequence[Message], patience: timedelta, now: datetime
) -> None:
    # What went before stays in the log: the attempts are counted on, only the tries begin anew.
    queued = set(
        session.scalars(
            update(WebhookDispatch)
            .where(
                WebhookDispatch.endpoint_id == endpoint_id,
                WebhookDispatch.message_id.in_([message.id for message in messages]),
            )
            .values(
                state=DispatchState.WAITING,
                tries=0,
                queued_at=now,
                next_at=now,
                expires_at=now + patience,
            )
            .returning(WebhookDispatch.message_id)
            .execution_options(synchronize_session=False)
        )
    )
    rows = [
        new_dispatch(endpoint_id, message.id, message.position, patience=patience, now=now)
        for message in messages
        if message.id not in queued
    ]
    if rows:
        session.execute(insert(WebhookDispatch), rows)
