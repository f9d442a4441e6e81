"""What the statements' API takes and gives."""

from marshmallow import Schema, fields, validate


class FindStatementsSchema(Schema):
    """Which statements to list."""

    agreement_id = fields.String(load_default=None)
    period = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$"),
        metadata={"description": "A billing period, YYYY-MM"},
    )


class QuantitiesSchema(Schema):
    """Cumulative quantities of a period."""

    calls = fields.Integer()
    succeeded = fields.Integer()
    hits = fields.Integer()
    rows = fields.Integer()
    size_bytes = fields.Integer()
    files = fields.Integer()


class StatementSchema(Schema):
    """A statement: what an agreement owes for a period since the statement before."""

    id = fields.String()
    number = fields.String()
    agreement_id = fields.String()
    period = fields.String()
    epoch = fields.Integer()
    provider_id = fields.String()
    buyer_id = fields.String()
    quantities_before = fields.Nested(QuantitiesSchema, allow_none=True)
    quantities_after = fields.Nested(QuantitiesSchema)
    life = fields.Dict(
        allow_none=True,
        metadata={"description": "What the plan asked of the agreement's life before the period"},
    )
    declared = fields.Dict(
        allow_none=True,
        metadata={
            "description": "Declared revenue before and after; null where the price is no share of it"
        },
    )
    charged_before_fen = fields.Integer()
    amount_fen = fields.Integer()
    fee_fen = fields.Integer()
    provider_fen = fields.Integer()
    terms_sha256 = fields.String()
    transfer_id = fields.String(allow_none=True)
    issued_at = fields.AwareDateTime()


class RatedLineSchema(Schema):
    """One clause of the plan; a price per MB has its quantity in bytes."""

    key = fields.String()
    description = fields.String()
    quantity = fields.Integer()
    unit_price_micro = fields.Integer()
    amount_micro = fields.Integer()
    amount_fen = fields.Integer()


class StatementLineSchema(RatedLineSchema):
    """A line of a statement; `amount_fen` is a difference of two rounded totals."""

    number = fields.Integer()


class StatementWithLinesSchema(StatementSchema):
    """A statement and its lines."""

    lines = fields.List(fields.Nested(StatementLineSchema))
