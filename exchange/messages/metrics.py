"""What the operator watches of messages."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.messages.following import count_waiting
from exchange.messages.models import UntoldEvent
from exchange.messages.webhooks.models import EndpointState, WebhookEndpoint
from exchange.messages.webhooks.queries import backlog


def message_metrics(session: Session, *, now: datetime) -> Iterator[tuple[str, int]]:
    """Gauges by name."""
    waiting, oldest = backlog(session)
    disabled = select(func.count()).where(WebhookEndpoint.state == EndpointState.DISABLED)
    yield "wdx_messages_events_waiting", count_waiting(session)
    yield "wdx_messages_events_untold", session.scalar(select(func.count(UntoldEvent.position))) or 0
    yield "wdx_webhooks_waiting", waiting
    yield (
        "wdx_webhooks_oldest_seconds",
        0 if oldest is None else max(0, int((now - oldest).total_seconds())),
    )
    yield "wdx_webhooks_endpoints_disabled", session.scalar(disabled) or 0
