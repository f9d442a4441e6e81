"""What an admin can do with the webhooks of their organisation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.core.clock import to_millis
from exchange.core.egress import Limits, check_url
from exchange.core.errors import Invalid, WrongState
from exchange.core.events import Event, record_event
from exchange.core.identifiers import new_id
from exchange.datasets.keys.service import destroy_data_key, keep_data_key
from exchange.messages.webhooks import events, queries
from exchange.messages.webhooks.errors import TooManyEndpoints
from exchange.messages.webhooks.hosts import host_of
from exchange.messages.webhooks.models import EndpointState, WebhookEndpoint, WebhookSecret
from exchange.messages.webhooks.queueing import wants
from exchange.messages.webhooks.turns import park_waiting
from exchange.participants import Actor
from exchange.participants.actors import ADMIN
from exchange.trust import Vault
from exchange.trust.webhook_signatures import secret_text

#: Of one organisation: each costs a request for each of its messages.
MOST_ENDPOINTS = 20


@dataclass(frozen=True)
class NewSecret:
    """An endpoint with a secret that is shown this once."""

    endpoint: queries.EndpointCard
    secret: str


def register_endpoint(
    session: Session,
    *,
    actor: Actor,
    url: str,
    patterns: Sequence[str],
    description: str,
    known_events: Collection[str],
    limits: Limits,
    vault: Vault,
    now: datetime,
) -> NewSecret:
    """Have the organisation's messages sent to an address from now on.

    The host is not asked for here, only when something is sent: names change, and nothing leaves the
    process in a transaction.

    Args:
        patterns: event types, or their beginnings with `.*`; empty for everything.

    Raises:
        NotPermitted: the actor is no admin.
        EgressRefused: an address that is not called in any case.
        Invalid: a pattern that no event fits.
        TooManyEndpoints: the organisation has enough.
    """
    actor.require_duty(ADMIN)
    check_url(url, limits)
    _require_known(patterns, known_events)
    if queries.count_endpoints(session, actor.organisation_id) >= MOST_ENDPOINTS:
        raise TooManyEndpoints(
            f"an organisation has at most {MOST_ENDPOINTS} webhook endpoints", remedy="Remove one first."
        )
    endpoint = WebhookEndpoint(
        id=new_id("whk"),
        organisation_id=actor.organisation_id,
        url=url,
        events=sorted(set(patterns)),
        description=description,
        state=EndpointState.ACTIVE,
        registered_by=actor.person_id,
        registered_at=now,
        served_at=now,
        failures=0,
        fence=0,
    )
    session.add(endpoint)
    session.flush()  # the secret refers to it
    secret = _new_secret(session, endpoint.id, vault, now)
    event = events.WebhookRegistered(endpoint.id, endpoint.organisation_id, host_of(url))
    _record(session, actor, endpoint, event, now)
    return NewSecret(queries.get_endpoint_card(session, endpoint.id, actor=actor), secret)


def rotate_secret(
    session: Session, *, actor: Actor, endpoint_id: str, overlap: timedelta, vault: Vault, now: datetime
) -> NewSecret:
    """Give an endpoint a new secret; the one before signs beside it until the overlap is over."""
    endpoint = _locked(session, actor, endpoint_id)
    _end_secrets(session, endpoint_id, until=now + overlap, now=now)
    secret = _new_secret(session, endpoint_id, vault, now)
    event = events.WebhookSecretRotated(
        endpoint.id, endpoint.organisation_id, host_of(endpoint.url), to_millis(now + overlap)
    )
    _record(session, actor, endpoint, event, now)
    return NewSecret(queries.get_endpoint_card(session, endpoint_id, actor=actor), secret)


def enable_endpoint(
    session: Session, *, actor: Actor, endpoint_id: str, now: datetime
) -> queries.EndpointCard:
    """Try an endpoint again, at once: one that was disabled, or one that rests after failures."""
    endpoint = _locked(session, actor, endpoint_id)
    was_disabled = endpoint.state == EndpointState.DISABLED
    endpoint.state, endpoint.state_reason = EndpointState.ACTIVE, None
    endpoint.failures, endpoint.failing_since, endpoint.retry_at = 0, None, None
    if was_disabled:
        event = events.WebhookEnabled(endpoint.id, endpoint.organisation_id, host_of(endpoint.url))
        _record(session, actor, endpoint, event, now)
    session.flush()
    return queries.get_endpoint_card(session, endpoint_id, actor=actor)


def remove_endpoint(session: Session, *, actor: Actor, endpoint_id: str, now: datetime) -> None:
    """Send nothing to an endpoint any more and destroy its secrets; its log goes with its messages."""
    endpoint = _locked(session, actor, endpoint_id)
    endpoint.state = EndpointState.REMOVED
    park_waiting(session, endpoint_id)
    for secret_id in session.scalars(
        select(WebhookSecret.id).where(WebhookSecret.endpoint_id == endpoint_id)
    ).all():
        destroy_data_key(session, subject=secret_id, now=now)
    event = events.WebhookRemoved(endpoint.id, endpoint.organisation_id, host_of(endpoint.url))
    _record(session, actor, endpoint, event, now)


def _require_known(patterns: Sequence[str], known_events: Collection[str]) -> None:
    for pattern in patterns:
        if not any(wants([pattern], event) for event in known_events):
            raise Invalid(
                f"nobody is told of {pattern!r}",
                field="events",
                remedy=f"Choose from: {', '.join(sorted(known_events))}; or a beginning, such as agreement.*",
            )


def _new_secret(session: Session, endpoint_id: str, vault: Vault, now: datetime) -> str:
    secret_id = new_id("whs")
    key = vault.new_key(bound_to=secret_id)
    keep_data_key(session, subject=secret_id, key=key.wrapped, now=now)
    session.add(WebhookSecret(id=secret_id, endpoint_id=endpoint_id, made_at=now))
    session.flush()
    return secret_text(key.raw)


def _end_secrets(session: Session, endpoint_id: str, *, until: datetime, now: datetime) -> None:
    # Two sign at once at the most: a second rotation within the overlap ends the oldest at once.
    of_endpoint = WebhookSecret.endpoint_id == endpoint_id
    overlapping = session.scalars(
        update(WebhookSecret)
        .where(of_endpoint, WebhookSecret.ends_at > now)
        .values(ends_at=now)
        .returning(WebhookSecret.id)
    ).all()
    for secret_id in overlapping:
        destroy_data_key(session, subject=secret_id, now=now)
    session.execute(
        update(WebhookSecret).where(of_endpoint, WebhookSecret.ends_at.is_(None)).values(ends_at=until)
    )


def _locked(session: Session, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    # Whoever sends to it notes how it went under the same lock.
    session.execute(
        select(WebhookEndpoint.id).where(WebhookEndpoint.id == endpoint_id).with_for_update(key_share=True)
    )
    return queries.get_endpoint(session, endpoint_id, actor=actor)


def _record(session: Session, actor: Actor, endpoint: WebhookEndpoint, event: Event, now: datetime) -> None:
    record_event(session, event, subject=endpoint.id, actor=actor.person_id, at=now)


def require_active(endpoint: WebhookEndpoint) -> None:
    """Refuse to queue anything for an endpoint to which nothing is sent.

    Raises:
        WrongState: it is disabled.
    """
    if endpoint.state != EndpointState.ACTIVE:
        raise WrongState(f"the endpoint is {endpoint.state}", remedy="Enable it first.")


def forget_secrets(session: Session, *, before: datetime, most: int) -> int:
    """Destroy secrets whose overlap has ended; returns how many."""
    old = select(WebhookSecret.id).where(WebhookSecret.ends_at < before).limit(most)
    ended = session.scalars(
        delete(WebhookSecret)
        .where(WebhookSecret.id.in_(old))
        .returning(WebhookSecret.id)
        .execution_options(synchronize_session=False)
    ).all()
    for secret_id in ended:
        destroy_data_key(session, subject=secret_id, now=before)
    return len(ended)
