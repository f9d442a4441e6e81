"""Whose turn it is: one node at a time sends to an endpoint, and notes how it went while it has the turn.

A turn is a lease with a fence. What is sent and not noted, because the node died, is sent again by the
next one under the same id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exchange.core.events import EXCHANGE, record_event
from exchange.datasets.keys.service import get_data_key
from exchange.messages.models import Message
from exchange.messages.queries import MessageCard, card_of
from exchange.messages.webhooks.events import WebhookDisabled
from exchange.messages.webhooks.hosts import host_of
from exchange.messages.webhooks.models import (
    DispatchState,
    EndpointState,
    WebhookAttempt,
    WebhookDispatch,
    WebhookEndpoint,
    WebhookSecret,
)
from exchange.messages.webhooks.pauses import LONGEST_REST, is_due, pause_after
from exchange.trust import WrappedKey

#: Longer than one attempt can take, resolving its name included.
LEASE = timedelta(seconds=90)
#: Fewer failures than these are no sign of an endpoint or a message, however late a clock says it is.
LEAST_TRIES = 8
#: The answer of a receiver that wants nothing any more.
GONE = 410


@dataclass(frozen=True)
class Turn:
    """The right to send to one endpoint."""

    endpoint_id: str
    fence: int


@dataclass(frozen=True)
class Parcel:
    """All that is needed for one attempt."""

    organisation_id: str
    url: str
    message: MessageCard
    #: Ids and wrapped keys of the secrets that sign it.
    secrets: tuple[tuple[str, WrappedKey], ...]


@dataclass(frozen=True)
class Outcome:
    """How an attempt went."""

    started_at: datetime
    elapsed_ms: int
    status: int | None
    failure: str | None

    @property
    def arrived(self) -> bool:
        return self.failure is None


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether any endpoint has something to send now."""
    return session.scalar(_endpoints_to_serve(now).limit(1)) is not None


def take_turn(session: Session, *, owner: str, now: datetime) -> Turn | None:
    """Take the endpoint that has waited longest, of those with something to send."""
    chosen = (
        _endpoints_to_serve(now)
        .order_by(WebhookEndpoint.served_at, WebhookEndpoint.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == chosen)
        .values(owner=owner, leased_until=now + LEASE, fence=WebhookEndpoint.fence + 1, served_at=now)
        .returning(WebhookEndpoint.id, WebhookEndpoint.fence)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Turn(row.id, row.fence)


def next_parcel(session: Session, turn: Turn, *, now: datetime) -> Parcel | None:
    """The oldest message that is due, while the turn lasts."""
    row = session.execute(
        select(WebhookEndpoint, Message)
        .join(WebhookDispatch, WebhookDispatch.endpoint_id == WebhookEndpoint.id)
        .join(Message, Message.id == WebhookDispatch.message_id)
        .where(
            WebhookEndpoint.id == turn.endpoint_id,
            WebhookEndpoint.fence == turn.fence,
            WebhookEndpoint.state == EndpointState.ACTIVE,
            WebhookDispatch.state == DispatchState.WAITING,
            is_due(WebhookDispatch.next_at, now),
        )
        .order_by(WebhookDispatch.position)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    endpoint, message = row
    return Parcel(
        endpoint.organisation_id,
        endpoint.url,
        card_of(message),
        live_secrets(session, endpoint.id, now=now),
    )


def live_secrets(
    session: Session, endpoint_id: str, *, now: datetime
) -> tuple[tuple[str, WrappedKey], ...]:
    """The secrets that sign at this moment, the newest first."""
    ids = session.scalars(
        select(WebhookSecret.id)
        .where(
            WebhookSecret.endpoint_id == endpoint_id,
            (WebhookSecret.ends_at.is_(None)) | (WebhookSecret.ends_at > now),
        )
        .order_by(WebhookSecret.made_at.desc(), WebhookSecret.id.desc())
    )
    return tuple((secret_id, get_data_key(session, secret_id)) for secret_id in ids)


def note_outcome(
    session: Session, turn: Turn, message_id: str, outcome: Outcome, *, days: int, now: datetime
) -> bool:
    """Keep how an attempt went and decide what follows; False when the turn was lost.

    Args:
        days: for how long a message is tried, and an endpoint may fail.
    """
    endpoint = session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.id == turn.endpoint_id, WebhookEndpoint.fence == turn.fence)
        .with_for_update(key_share=True)
    ).one_or_none()
    dispatch = session.get(WebhookDispatch, (turn.endpoint_id, message_id))
    if endpoint is None or dispatch is None:
        return False
    dispatch.attempts += 1
    dispatch.tries += 1
    dispatch.last_status = outcome.status
    session.add(
        WebhookAttempt(
            endpoint_id=turn.endpoint_id, message_id=message_id, number=dispatch.attempts, **vars(outcome)
        )
    )
    endpoint.leased_until = now + LEASE
    if outcome.arrived:
        dispatch.state, dispatch.sent_at = DispatchState.SENT, now
        endpoint.failures, endpoint.failing_since, endpoint.retry_at = 0, None, None
    else:
        _note_failure(session, endpoint, dispatch, outcome, timedelta(days=days), now)
    return True


def end_turn(session: Session, turn: Turn) -> None:
    """Let others have the endpoint at once."""
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == turn.endpoint_id, WebhookEndpoint.fence == turn.fence)
        .values(owner=None, leased_until=None)
    )


def _note_failure(
    session: Session,
    endpoint: WebhookEndpoint,
    dispatch: WebhookDispatch,
    outcome: Outcome,
    patience: timedelta,
    now: datetime,
) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    # The whole endpoint rests: a queue of thousands must not try each of its messages on a dead server.
    endpoint.retry_at = now + pause_after(endpoint.failures, longest=LONGEST_REST)
    dispatch.next_at = now + pause_after(dispatch.tries)
    if now >= dispatch.expires_at and dispatch.tries >= LEAST_TRIES:
        dispatch.state = DispatchState.PARKED
    has_failed_long = endpoint.failing_since <= now - patience and endpoint.failures >= LEAST_TRIES
    if endpoint.state == EndpointState.ACTIVE and (outcome.status == GONE or has_failed_long):
        _disable(session, endpoint, outcome, now)


def _disable(session: Session, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    since = f"{endpoint.failing_since:%Y-%m-%d %H:%M} UTC"
    endpoint.state = EndpointState.DISABLED
    endpoint.state_reason = (
        "it answered 410 Gone"
        if outcome.status == GONE
        else f"nothing arrived since {since}; last: {outcome.failure}"
    )[:300]
    park_waiting(session, endpoint.id)
    event = WebhookDisabled(
        endpoint.id, endpoint.organisation_id, host_of(endpoint.url), endpoint.state_reason
    )
    record_event(session, event, subject=endpoint.id, actor=EXCHANGE, at=now)


def park_waiting(session: Session, endpoint_id: str) -> None:
    """Give up what waits for an endpoint, so that its owner sees it and may replay it."""
    session.flush()
    session.execute(
        update(WebhookDispatch)
        .where(WebhookDispatch.endpoint_id == endpoint_id, WebhookDispatch.state == DispatchState.WAITING)
        .values(state=DispatchState.PARKED)
    )


def _endpoints_to_serve(now: datetime) -> Any:
    waiting = (
        select(WebhookDispatch.message_id)
        .where(
            WebhookDispatch.endpoint_id == WebhookEndpoint.id,
            WebhookDispatch.state == DispatchState.WAITING,
            is_due(WebhookDispatch.next_at, now),
        )
        .exists()
    )
    return select(WebhookEndpoint.id).where(
        WebhookEndpoint.state == EndpointState.ACTIVE,
        is_due(WebhookEndpoint.leased_until, now),
        is_due(WebhookEndpoint.retry_at, now),
        waiting,
    )
