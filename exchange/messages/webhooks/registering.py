"""Registering for the person behind a request: what the API and the pages have in common."""

from collections.abc import Sequence

from exchange.context import get_context
from exchange.core.egress import Limits
from exchange.core.requests import get_session, now
from exchange.messages.following import tellers_by_type
from exchange.messages.webhooks.service import NewSecret, register_endpoint
from exchange.participants.access import current_actor


def register_for_person(*, url: str, events: Sequence[str], description: str) -> NewSecret:
    """Register an endpoint with what the service knows and allows."""
    context = get_context()
    return register_endpoint(
        get_session(),
        actor=current_actor(),
        url=url,
        patterns=events,
        description=description,
        known_events=tellers_by_type(context.tellers),
        limits=Limits(allowed_hosts=context.settings.egress_allowed),
        vault=context.storage,
        now=now(),
    )
