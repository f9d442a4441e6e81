"""What the declarations' API takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.catalogue.content.fields import Text
from exchange.pricing import MAX_REVENUE_FEN

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class DeclareRevenueSchema(Schema):
    """The whole revenue that the buyer made in a month with the data of an agreement."""

    period = fields.String(
        required=True,
        validate=validate.Regexp(MONTH, error="Write the month as YYYY-MM."),
        metadata={"description": "The month of the revenue, YYYY-MM"},
    )
    revenue_fen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MAX_REVENUE_FEN),
        metadata={"description": "All of the month, also in a correction; 0 when there was none"},
    )
    covers = Text(1, 500, metadata={"description": "What the revenue comes from"})
    evidence = Text(
        0,
        2000,
        metadata={"description": "Where the figure comes from, such as an account or an audit report"},
    )
    evidence_sha256 = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(
            r"^[0-9a-f]{64}$", error="Write the digest in 64 small hexadecimal digits."
        ),
        metadata={"description": "SHA-256 of a document that proves it and that you keep"},
    )
    corrects = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "Number of the declaration that this one replaces; none for the first"},
    )


class FindRevenueDeclarationsSchema(Schema):
    """Which declarations to list."""

    period = fields.String(load_default=None, validate=validate.Regexp(MONTH))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class RevenueDeclarationSchema(Schema):
    """A declaration with its receipt; the last one of a month counts."""

    id = fields.String()
    agreement_id = fields.String()
    period = fields.String()
    number = fields.Integer()
    revenue_fen = fields.Integer()
    change_fen = fields.Integer(metadata={"description": "What it adds to the declaration before"})
    covers = fields.String()
    evidence = fields.String()
    evidence_sha256 = fields.String(allow_none=True)
    epoch = fields.Integer(metadata={"description": "Settled with the first run that closes it"})
    declared_at = fields.AwareDateTime()
    receipt = fields.String()
