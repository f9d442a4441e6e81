"""Queueing new messages for the endpoints of their organisations, in the transaction that makes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from exchange.messages.models import Message
from exchange.messages.webhooks.models import (
    DispatchState,
    EndpointState,
    WebhookDispatch,
    WebhookEndpoint,
)


def queue_for_endpoints(
    session: Session, messages: Sequence[Message], now: datetime, *, patience: timedelta
) -> None:
    """Queue each message for every active endpoint of its organisation that wants its event."""
    organisations = {message.organisation_id for message in messages}
    endpoints = session.scalars(
        select(WebhookEndpoint).where(
            WebhookEndpoint.organisation_id.in_(organisations),
            WebhookEndpoint.state == EndpointState.ACTIVE,
        )
    ).all()
    rows = [
        new_dispatch(endpoint.id, message.id, message.position, patience=patience, now=now)
        for endpoint in endpoints
        for message in messages
        if message.organisation_id == endpoint.organisation_id
        and wants(endpoint.events, message.event_type)
    ]
    if rows:
        session.execute(insert(WebhookDispatch), rows)


def wants(patterns: Sequence[str], event_type: str) -> bool:
    """Whether an endpoint with these patterns wants an event: named, or by its beginning, or all."""
    return not patterns or any(
        event_type == pattern or (pattern.endswith(".*") and event_type.startswith(pattern[:-1]))
        for pattern in patterns
    )


def new_dispatch(
    endpoint_id: str, message_id: str, position: int, *, patience: timedelta, now: datetime
) -> dict[str, object]:
    """The columns of a dispatch that is due at once."""
    return {
        "endpoint_id": endpoint_id,
        "message_id": message_id,
        "position": position,
        "state": DispatchState.WAITING,
        "queued_at": now,
        "expires_at": now + patience,
        "next_at": now,
        "tries": 0,
        "attempts": 0,
    }
