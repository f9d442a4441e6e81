"""Reads of webhooks; the admins of an organisation see its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.messages.models import Message
from exchange.messages.webhooks.models import (
    DispatchState,
    EndpointState,
    WebhookAttempt,
    WebhookDispatch,
    WebhookEndpoint,
)
from exchange.participants import Actor
from exchange.participants.actors import ADMIN

PAGE = 50


@dataclass(frozen=True)
class EndpointCard:
    """An endpoint and how it stands."""

    id: str
    url: str
    events: list[Any]
    description: str
    state: str
    state_reason: str | None
    registered_at: datetime
    failures: int
    failing_since: datetime | None
    retry_at: datetime | None
    waiting: int
    parked: int


@dataclass(frozen=True)
class DispatchCard:
    """A message on its way to an endpoint: one line of its log."""

    message_id: str
    event_id: str
    event_type: str
    subject: str
    position: int
    state: str
    queued_at: datetime
    next_at: datetime
    expires_at: datetime
    attempts: int
    last_status: int | None
    sent_at: datetime | None


def get_endpoint(session: Session, endpoint_id: str, *, actor: Actor) -> WebhookEndpoint:
    """An endpoint of the actor's organisation.

    Raises:
        NotPermitted: the actor is no admin of it.
        NotFound: there is none, or it is another organisation's.
    """
    actor.require_duty(ADMIN)
    row = session.get(WebhookEndpoint, endpoint_id, populate_existing=True)
    if row is None or row.organisation_id != actor.organisation_id or row.state == EndpointState.REMOVED:
        raise NotFound(f"there is no webhook endpoint {endpoint_id}")
    return row


def find_endpoints(session: Session, *, actor: Actor) -> list[EndpointCard]:
    """The endpoints of the actor's organisation; their number is bounded."""
    actor.require_duty(ADMIN)
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.organisation_id == actor.organisation_id,
        WebhookEndpoint.state != EndpointState.REMOVED,
    )
    return _cards(session, session.scalars(query.order_by(WebhookEndpoint.id)).all())


def get_endpoint_card(session: Session, endpoint_id: str, *, actor: Actor) -> EndpointCard:
    """An endpoint of the actor's organisation and how it stands."""
    return _cards(session, [get_endpoint(session, endpoint_id, actor=actor)])[0]


def count_endpoints(session: Session, organisation_id: str) -> int:
    """How many endpoints an organisation has."""
    query = select(func.count()).select_from(WebhookEndpoint)
    query = query.where(
        WebhookEndpoint.organisation_id == organisation_id, WebhookEndpoint.state != EndpointState.REMOVED
    )
    return session.scalar(query) or 0


def find_dispatches(
    session: Session,
    endpoint_id: str,
    *,
    actor: Actor,
    state: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> list[DispatchCard]:
    """What was sent to an endpoint, waits for it or was given up, newest first.

    Args:
        before: the position of the last one of the page before.
    """
    get_endpoint(session, endpoint_id, actor=actor)
    query = _dispatches(endpoint_id)
    if state is not None:
        query = query.where(WebhookDispatch.state == state)
    if before is not None:
        query = query.where(WebhookDispatch.position < before)
    rows = session.execute(query.order_by(WebhookDispatch.position.desc()).limit(limit))
    return [_dispatch(*row) for row in rows]


def get_dispatch(session: Session, endpoint_id: str, message_id: str, *, actor: Actor) -> DispatchCard:
    """One message on its way to an endpoint.

    Raises:
        NotFound: the endpoint is another's, or the message was never queued for it.
    """
    get_endpoint(session, endpoint_id, actor=actor)
    for row in session.execute(_dispatches(endpoint_id).where(WebhookDispatch.message_id == message_id)):
        return _dispatch(*row)
    raise NotFound(f"message {message_id} was never queued for {endpoint_id}")


def find_attempts(
    session: Session, endpoint_id: str, message_id: str, *, actor: Actor
) -> list[WebhookAttempt]:
    """Every attempt at sending a message to an endpoint, in their order; pauses bound their number."""
    get_dispatch(session, endpoint_id, message_id, actor=actor)
    return list(
        session.scalars(
            select(WebhookAttempt)
            .where(WebhookAttempt.endpoint_id == endpoint_id, WebhookAttempt.message_id == message_id)
            .order_by(WebhookAttempt.number)
        )
    )


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many messages wait for endpoints, and since when the oldest does."""
    query = select(func.count(), func.min(WebhookDispatch.queued_at)).where(
        WebhookDispatch.state == DispatchState.WAITING
    )
    count, oldest = session.execute(query).one()
    return int(count), oldest


def _dispatches(endpoint_id: str) -> Any:
    return (
        select(WebhookDispatch, Message)
        .join(Message, Message.id == WebhookDispatch.message_id)
        .where(WebhookDispatch.endpoint_id == endpoint_id)
    )


def _dispatch(dispatch: WebhookDispatch, message: Message) -> DispatchCard:
    return DispatchCard(
        message_id=message.id,
        event_id=message.event_id,
        event_type=message.event_type,
        subject=message.subject,
        position=message.position,
        state=dispatch.state,
        queued_at=dispatch.queued_at,
        next_at=dispatch.next_at,
        expires_at=dispatch.expires_at,
        attempts=dispatch.attempts,
        last_status=dispatch.last_status,
        sent_at=dispatch.sent_at,
    )


def _cards(session: Session, endpoints: Iterable[WebhookEndpoint]) -> list[EndpointCard]:
    found = list(endpoints)
    counted = session.execute(
        select(WebhookDispatch.endpoint_id, WebhookDispatch.state, func.count())
        .where(
            WebhookDispatch.endpoint_id.in_([endpoint.id for endpoint in found]),
            WebhookDispatch.state != DispatchState.SENT,
        )
        .group_by(WebhookDispatch.endpoint_id, WebhookDispatch.state)
    )
    counts = {(endpoint_id, state): int(count) for endpoint_id, state, count in counted}
    return [
        EndpointCard(
            id=endpoint.id,
            url=endpoint.url,
            events=endpoint.events,
            description=endpoint.description,
            state=endpoint.state,
            state_reason=endpoint.state_reason,
            registered_at=endpoint.registered_at,
            failures=endpoint.failures,
            failing_since=endpoint.failing_since,
            retry_at=endpoint.retry_at,
            waiting=counts.get((endpoint.id, DispatchState.WAITING.value), 0),
            parked=counts.get((endpoint.id, DispatchState.PARKED.value), 0),
        )
        for endpoint in found
    ]
