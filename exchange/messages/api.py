"""Messages over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.core.requests import get_session, now
from exchange.messages import queries, service
from exchange.messages.schemas import (
    FindMessagesSchema,
    MessageSchema,
    ReadCountSchema,
    ReadMessagesSchema,
)
from exchange.participants.access import current_actor, requires

blueprint = Blueprint(
    "messages", __name__, url_prefix="/api/v1/messages", description="What your organisation is told"
)


@blueprint.get("")
@requires()
@blueprint.arguments(FindMessagesSchema, location="query")
@blueprint.response(200, MessageSchema(many=True))
def find_messages(filters: dict[str, Any]) -> Any:
    """List the messages to your organisation"""
    return queries.find_messages(get_session(), actor=current_actor(), **filters)


@blueprint.get("/<message_id>")
@requires()
@blueprint.response(200, MessageSchema)
def get_message(message_id: str) -> Any:
    """Show a message"""
    return queries.get_message(get_session(), message_id, actor=current_actor())


@blueprint.post("/<message_id>/reading")
@requires()
@blueprint.response(200, MessageSchema)
def read_message(message_id: str) -> Any:
    """Say that your organisation has read a message"""
    return service.read_message(get_session(), actor=current_actor(), message_id=message_id, now=now())


@blueprint.post("/reading")
@requires()
@blueprint.arguments(ReadMessagesSchema)
@blueprint.response(200, ReadCountSchema)
def read_messages(body: dict[str, Any]) -> Any:
    """Say that your organisation has read everything up to a message"""
    count = service.read_messages(get_session(), actor=current_actor(), until=body["until"], now=now())
    return {"read": count}
