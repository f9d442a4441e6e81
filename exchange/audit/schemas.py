"""What the log's API gives."""

from marshmallow import Schema, fields


class LogStatusSchema(Schema):
    """How the evidence log stands."""

    origin = fields.String()
    log_key = fields.String(metadata={"description": "C2SP vkey of the log; pin it outside this service"})
    size = fields.Integer()
    root = fields.String()
    signed_at = fields.AwareDateTime(allow_none=True)
    waiting = fields.Integer(metadata={"description": "Committed events that wait for their number"})
    waiting_since = fields.AwareDateTime(allow_none=True)
