"""What the operator watches of messages."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.messages.following import count_waiting
from exchange.messages.mail.claims import backlog as mail_backlog
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
        _age_s(oldest, now),
    )
    mails, oldest_mail = mail_backlog(session)
    yield "wdx_mails_waiting", mails
    yield "wdx_mails_oldest_seconds", _age_s(oldest_mail, now)
    yield "wdx_webhooks_endpoints_disabled", session.scalar(disabled) or 0


def _age_s(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))
