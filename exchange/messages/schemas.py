"""What the API of messages takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.core.telling import Topic
from exchange.messages.queries import PAGE

TOPICS = [topic.value for topic in Topic]


class FindMessagesSchema(Schema):
    """Which messages to list."""

    topic = fields.String(load_default=None, validate=validate.OneOf(TOPICS))
    unread = fields.Boolean(load_default=False)
    before = fields.Integer(
        load_default=None, metadata={"description": "Position of the last message of the page before"}
    )
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, 200))


class ReadMessagesSchema(Schema):
    """Up to where everything has been read."""

    until = fields.Integer(
        required=True,
        validate=validate.Range(min=0),
        metadata={"description": "Position of the newest message that was seen"},
    )


class ReadCountSchema(Schema):
    """How many messages were unread until now."""

    read = fields.Integer()


class MessageSchema(Schema):
    """A message to the reader's organisation."""

    id = fields.String()
    event_id = fields.String()
    event_type = fields.String()
    subject = fields.String(metadata={"description": "Id of the thing the event is about"})
    position = fields.Integer(metadata={"description": "The event's place in the evidence log"})
    topic = fields.String(validate=validate.OneOf(TOPICS))
    text_zh = fields.String()
    text_en = fields.String()
    page = fields.String(metadata={"description": "Path of the page to read on; empty where there is none"})
    occurred_at = fields.AwareDateTime()
    told_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)
