"""What the catalogue's API takes and gives."""

from marshmallow import Schema, fields, validate

SECTORS = ("power", "energy", "bulk_materials")


class UsagePolicySchema(Schema):
    """What a buyer may do: purposes and days bound every negotiation, onward transfer is a term."""

    purposes = fields.List(
        fields.String(validate=validate.Length(1, 200)), required=True, validate=validate.Length(min=1)
    )
    onward_transfer = fields.String(validate=validate.OneOf(["prohibited"]), load_default="prohibited")
    max_days = fields.Integer(strict=True, validate=validate.Range(1, 3660), load_default=365)


class ListingOfferSchema(Schema):
    """The provider's words about a data set; the facts are taken from its newest revision."""

    title_zh = fields.String(required=True, validate=validate.Length(1, 120))
    title_en = fields.String(required=True, validate=validate.Length(1, 120))
    summary_zh = fields.String(load_default="", validate=validate.Length(max=2000))
    summary_en = fields.String(load_default="", validate=validate.Length(max=2000))
    sector = fields.String(required=True, validate=validate.OneOf(SECTORS))
    scenarios = fields.List(fields.String(validate=validate.Length(1, 200)), required=True)
    source_statement = fields.String(
        required=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "Where the data come from; Data Security Law art. 33"},
    )
    usage_policy = fields.Nested(UsagePolicySchema, required=True)
    price_plan = fields.Dict(keys=fields.String(), required=True)
    delivery_modes = fields.List(
        fields.String(validate=validate.OneOf(["query", "file"])),
        load_default=lambda: ["query", "file"],
        validate=validate.Length(1, 2),
    )


class CreateListingSchema(ListingOfferSchema):
    """A listing of one of the provider's own data sets."""

    dataset_id = fields.String(required=True)


class ListingVersionSchema(Schema):
    """One version of a listing with its place in the review."""

    listing_id = fields.String()
    version = fields.Integer(attribute="number")
    state = fields.String()
    digest = fields.String()
    content = fields.Dict()
    decision_reason = fields.String(allow_none=True)
    written_at = fields.AwareDateTime()


class PublishedListingSchema(Schema):
    """A listing on offer."""

    id = fields.String()
    organisation_id = fields.String()
    dataset_id = fields.String()
    version = fields.Integer()
    digest = fields.String()
    content = fields.Dict()
    revoked_reason = fields.String(
        allow_none=True,
        metadata={"description": "Why the revision on offer was withdrawn; null while it stands"},
    )


class DecideVersionSchema(Schema):
    """The operator's decision about a submitted version."""

    decision = fields.String(required=True, validate=validate.OneOf(["listed", "rejected"]))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class FindListingsSchema(Schema):
    """Which listings to show."""

    sector = fields.String(validate=validate.OneOf(SECTORS), load_default=None)


class FindVersionsSchema(Schema):
    """Which versions to show."""

    state = fields.String(
        validate=validate.OneOf(["draft", "submitted", "listed", "rejected", "superseded"]),
        load_default=None,
    )
