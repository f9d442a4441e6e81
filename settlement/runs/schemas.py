"""What the settlement runs' API takes and gives."""

from marshmallow import Schema, fields, validate


class RunSettlementSchema(Schema):
    """Which period to settle."""

    period = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$"),
        metadata={"description": "A billing period, YYYY-MM"},
    )
    interim = fields.Boolean(load_default=False, metadata={"description": "Bill the running period so far"})


class ParkedItemSchema(Schema):
    """An agreement that could not be billed, and why."""

    agreement_id = fields.String()
    error = fields.String()


class SettlementRunSchema(Schema):
    """How a run stands; `run_id` is null when there was nothing to settle."""

    run_id = fields.String(allow_none=True)
    kind = fields.String()
    period = fields.String()
    epoch_closed = fields.Integer()
    state = fields.String()
    statements = fields.Integer()
    parked = fields.List(fields.Nested(ParkedItemSchema))
