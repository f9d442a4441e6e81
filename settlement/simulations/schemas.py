"""What the questions about prices take and give."""

from marshmallow import Schema, fields, validate

from exchange.pricing.simulation import MAX_USAGE_ROWS
from settlement.statements.schemas import QuantitiesSchema, RatedLineSchema


def _count(description: str) -> fields.Integer:
    return fields.Integer(strict=True, metadata={"description": description})


class UseSchema(Schema):
    """What is used in a month or on a day; only what the plan counts has to be given."""

    on = fields.String(required=True, metadata={"description": "YYYY-MM or YYYY-MM-DD"})
    calls = _count("Calls")
    succeeded = _count("Calls that succeeded; all of them when left out")
    hits = _count("Calls that found data")
    rows = _count("Rows delivered")
    size_bytes = _count("Bytes of delivered payload")
    files = _count("Files delivered")
    revenue_fen = _count("Declared revenue of the month, or of the day")


class TaxTermsSchema(Schema):
    """The tax terms of a listing."""

    tax_rate_bp = fields.Integer(strict=True, load_default=0)
    tax_included = fields.Boolean(load_default=True, truthy={True}, falsy={False})


class SimulatePriceSchema(TaxTermsSchema):
    """Imagined use (`usage`), or the real use of an agreement in a month (`agreement_id`, `period`)."""

    plan = fields.Dict(
        keys=fields.String(),
        load_default=None,
        metadata={"description": "A price plan; the agreement's own when left out"},
    )
    usage = fields.List(
        fields.Nested(UseSchema),
        load_default=None,
        validate=validate.Length(1, MAX_USAGE_ROWS),
    )
    starts_on = fields.Date(load_default=None, metadata={"description": "First day of the agreement"})
    ends_on = fields.Date(load_default=None, metadata={"description": "First day after the agreement"})
    agreement_id = fields.String(load_default=None)
    period = fields.String(load_default=None, validate=validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$"))


class SimulatedAmountSchema(Schema):
    """An amount with its tax."""

    net_fen = fields.Integer()
    tax_fen = fields.Integer()
    gross_fen = fields.Integer()


class DeclaredSchema(Schema):
    """What is declared of the buyer's revenue."""

    declarations = fields.Integer()
    revenue_fen = fields.Integer()


class SimulatedPeriodSchema(SimulatedAmountSchema):
    """The bill of one month."""

    period = fields.String()
    quantities = fields.Nested(QuantitiesSchema)
    declared = fields.Nested(DeclaredSchema)
    lines = fields.List(fields.Nested(RatedLineSchema))


class SimulationSchema(SimulatedAmountSchema):
    """The bills of all months, and their sum."""

    periods = fields.List(fields.Nested(SimulatedPeriodSchema))


class PriceSchema(TaxTermsSchema):
    """A price: plan and tax."""

    plan = fields.Dict(keys=fields.String(), required=True)


class ComparePricesSchema(Schema):
    """A change of price that a provider thinks of."""

    old = fields.Nested(PriceSchema, required=True)
    new = fields.Nested(PriceSchema, required=True)
    notice_given_on = fields.Date(load_default=None, metadata={"description": "Today when left out"})


class PriceChangeSchema(Schema):
    """The verdict: what is not certainly a decrease waits like an increase."""

    direction = fields.String(metadata={"description": "same, decrease or increase"})
    reasons = fields.List(fields.String())
    may_take_effect_now = fields.Boolean()
    earliest_increase = fields.Date(
        metadata={"description": "When an increase may begin; null when it may now"}
    )
