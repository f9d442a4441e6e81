"""What the API of webhooks takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.messages.webhooks.models import DispatchState, EndpointState
from exchange.messages.webhooks.queries import PAGE

_STATES = [state.value for state in DispatchState]
#: Long enough to change the secret of a program that nobody works on over a holiday.
MOST_OVERLAP_HOURS = 14 * 24


class RegisterEndpointSchema(Schema):
    """Where an organisation's messages are to be sent."""

    url = fields.String(required=True, validate=validate.Length(1, 500))
    events = fields.List(
        fields.String(validate=validate.Length(1, 80)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Event types, or beginnings such as `agreement.*`; empty for everything"},
    )
    description = fields.String(load_default="", validate=validate.Length(max=200))


class RotateSecretSchema(Schema):
    """How long the old secret goes on signing beside the new one."""

    overlap_hours = fields.Integer(load_default=24, validate=validate.Range(0, MOST_OVERLAP_HOURS))


class ReplaySchema(Schema):
    """What to send again: a message, a range of positions, or what was given up."""

    message_id = fields.String(load_default=None)
    first = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={"description": "Position in the evidence log from which to send again"},
    )
    last = fields.Integer(load_default=None, validate=validate.Range(min=0))
    parked = fields.Boolean(load_default=False)


class ReplayedSchema(Schema):
    """How many messages are queued again."""

    queued = fields.Integer()
    next = fields.Integer(
        allow_none=True, metadata={"description": "Position at which to go on; null when that was all"}
    )


class EndpointSchema(Schema):
    """An endpoint and how it stands."""

    id = fields.String()
    url = fields.String()
    events = fields.List(fields.String())
    description = fields.String()
    state = fields.String(validate=validate.OneOf([state.value for state in EndpointState]))
    state_reason = fields.String(allow_none=True)
    registered_at = fields.AwareDateTime()
    failures = fields.Integer(metadata={"description": "Failed attempts since the last success"})
    failing_since = fields.AwareDateTime(allow_none=True)
    retry_at = fields.AwareDateTime(allow_none=True)
    waiting = fields.Integer()
    parked = fields.Integer()


class NewSecretSchema(Schema):
    """An endpoint with a secret that is shown this once."""

    endpoint = fields.Nested(EndpointSchema)
    secret = fields.String()


class FindDispatchesSchema(Schema):
    """Which part of an endpoint's log to list."""

    state = fields.String(load_default=None, validate=validate.OneOf(_STATES))
    before = fields.Integer(
        load_default=None, metadata={"description": "Position of the last one of the page before"}
    )
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, 200))


class DispatchSchema(Schema):
    """A message on its way to an endpoint."""

    message_id = fields.String()
    event_id = fields.String()
    event_type = fields.String()
    subject = fields.String()
    position = fields.Integer()
    state = fields.String(validate=validate.OneOf(_STATES))
    queued_at = fields.AwareDateTime()
    next_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    attempts = fields.Integer()
    last_status = fields.Integer(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)


class AttemptSchema(Schema):
    """How one attempt went."""

    number = fields.Integer()
    started_at = fields.AwareDateTime()
    elapsed_ms = fields.Integer()
    status = fields.Integer(allow_none=True)
    failure = fields.String(allow_none=True)
