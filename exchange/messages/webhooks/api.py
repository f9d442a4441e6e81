"""Webhooks over HTTP."""

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, gives_secret, now
from exchange.messages.webhooks import queries, service
from exchange.messages.webhooks.registering import register_for_person
from exchange.messages.webhooks.replays import replay
from exchange.messages.webhooks.schemas import (
    AttemptSchema,
    DispatchSchema,
    EndpointSchema,
    FindDispatchesSchema,
    NewSecretSchema,
    RegisterEndpointSchema,
    ReplayedSchema,
    ReplaySchema,
    RotateSecretSchema,
)
from exchange.participants.access import current_actor, requires

blueprint = Blueprint(
    "webhooks",
    __name__,
    url_prefix="/api/v1/webhook-endpoints",
    description="Your organisation's messages, sent to its own programs",
)


@blueprint.post("")
@gives_secret
@requires()
@blueprint.arguments(RegisterEndpointSchema)
@blueprint.response(201, NewSecretSchema)
def register_endpoint(endpoint: dict[str, Any]) -> Any:
    """Have messages sent to an address; the secret is shown once"""
    return register_for_person(**endpoint)


@blueprint.get("")
@requires()
@blueprint.response(200, EndpointSchema(many=True))
def find_endpoints() -> Any:
    """List the endpoints of your organisation"""
    return queries.find_endpoints(get_session(), actor=current_actor())


@blueprint.get("/<endpoint_id>")
@requires()
@blueprint.response(200, EndpointSchema)
def get_endpoint(endpoint_id: str) -> Any:
    """Show an endpoint and how it stands"""
    return queries.get_endpoint_card(get_session(), endpoint_id, actor=current_actor())


@blueprint.delete("/<endpoint_id>")
@requires()
@blueprint.response(204)
def remove_endpoint(endpoint_id: str) -> None:
    """Send nothing there any more"""
    service.remove_endpoint(get_session(), actor=current_actor(), endpoint_id=endpoint_id, now=now())


@blueprint.post("/<endpoint_id>/secret")
@gives_secret
@requires()
@blueprint.arguments(RotateSecretSchema)
@blueprint.response(201, NewSecretSchema)
def rotate_secret(rotation: dict[str, Any], endpoint_id: str) -> Any:
    """Make a new secret; the old one signs beside it for a while"""
    return service.rotate_secret(
        get_session(),
        actor=current_actor(),
        endpoint_id=endpoint_id,
        overlap=timedelta(hours=rotation["overlap_hours"]),
        vault=get_context().storage,
        now=now(),
    )


@blueprint.post("/<endpoint_id>/enabling")
@requires()
@blueprint.response(200, EndpointSchema)
def enable_endpoint(endpoint_id: str) -> Any:
    """Try an endpoint again at once"""
    return service.enable_endpoint(get_session(), actor=current_actor(), endpoint_id=endpoint_id, now=now())


@blueprint.post("/<endpoint_id>/replays")
@requires()
@blueprint.arguments(ReplaySchema)
@blueprint.response(202, ReplayedSchema)
def replay_messages(which: dict[str, Any], endpoint_id: str) -> Any:
    """Send a message, a range, or what was given up, again"""
    return replay(
        get_session(),
        actor=current_actor(),
        endpoint_id=endpoint_id,
        patience=timedelta(days=get_context().settings.webhook_days),
        now=now(),
        **which,
    )


@blueprint.get("/<endpoint_id>/dispatches")
@requires()
@blueprint.arguments(FindDispatchesSchema, location="query")
@blueprint.response(200, DispatchSchema(many=True))
def find_dispatches(filters: dict[str, Any], endpoint_id: str) -> Any:
    """List what was sent to an endpoint, waits for it or was given up"""
    return queries.find_dispatches(get_session(), endpoint_id, actor=current_actor(), **filters)


@blueprint.get("/<endpoint_id>/dispatches/<message_id>/attempts")
@requires()
@blueprint.response(200, AttemptSchema(many=True))
def find_attempts(endpoint_id: str, message_id: str) -> Any:
    """List every attempt at sending one message"""
    return queries.find_attempts(get_session(), endpoint_id, message_id, actor=current_actor())
