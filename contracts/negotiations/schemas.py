"""What the negotiations' API takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.trust.suites import DEFAULT, SUITES


class RequestAccessSchema(Schema):
    """What a buyer asks for."""

    listing_id = fields.String(required=True)
    purpose = fields.String(required=True, validate=validate.Length(1, 200))
    scenario = fields.String(required=True, validate=validate.Length(1, 200))
    columns = fields.List(
        fields.String(), load_default=list, metadata={"description": "Empty for all columns"}
    )
    days = fields.Integer(strict=True, load_default=30, validate=validate.Range(1, 3660))
    max_rows = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 2**53 - 1),
        metadata={"description": "Rows that may be delivered in all; null for no limit"},
    )
    plan = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Code of one of the listing's price plans; null for the first"},
    )
    required_suite = fields.String(
        load_default=DEFAULT,
        validate=validate.OneOf(list(SUITES)),
        metadata={"description": "Algorithms that everybody signs with: default, hybrid or sm (国密)"},
    )


class OfferTermsSchema(Schema):
    """Where the provider's offer differs from the request and the listing."""

    price_plan = fields.Dict(keys=fields.String(), load_default=None)
    days = fields.Integer(strict=True, load_default=None, validate=validate.Range(1, 3660))
    max_rows = fields.Integer(strict=True, load_default=None, validate=validate.Range(1, 2**53 - 1))
    required_suite = fields.String(load_default=None, validate=validate.OneOf(list(SUITES)))


class EndNegotiationSchema(Schema):
    """Why nothing comes of it."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class NegotiationSchema(Schema):
    """A negotiation and whose turn it is."""

    id = fields.String()
    listing_id = fields.String()
    listing_version = fields.Integer()
    provider_id = fields.String()
    buyer_id = fields.String()
    state = fields.String()
    requested_at = fields.AwareDateTime()


class NegotiationRoundSchema(Schema):
    """One turn of a negotiation."""

    number = fields.Integer()
    kind = fields.String()
    organisation_id = fields.String()
    content = fields.Dict()
    taken_at = fields.AwareDateTime()
