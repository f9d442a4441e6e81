"""Rights, use, visibility, service level and price."""

from marshmallow import Schema, fields, validate

from exchange.catalogue.content.fields import Code, Day, Duration, Flag, Text, texts, whole

#: An allow or deny list; longer ones belong into an agreement with an association.
MOST_ORGANISATIONS = 500
MOST_PRICE_PLANS = 20


class RightsSchema(Schema):
    """The three rights 持有权、使用权、经营权 that the provider has, and what the buyer may be granted."""

    hold = Flag(load_default=True)
    use = Flag(load_default=True)
    operate = Flag(load_default=True)
    exclusive = Flag(load_default=False)
    resale = Flag(load_default=False)
    derivation = Flag(load_default=False)
    territory = Text(0, 100, load_default="CN")


class UsagePolicySchema(Schema):
    """What a buyer may do: purposes and days bound every negotiation, onward transfer is a term."""

    purposes = fields.List(Text(1, 200), required=True, validate=validate.Length(1, 50))
    onward_transfer = fields.String(validate=validate.OneOf(["prohibited"]), load_default="prohibited")
    max_days = whole(1, 3660, load_default=365)


class VisibilitySchema(Schema):
    """Who may know of the listing."""

    audience = Code("audiences", load_default="public")
    allow = texts(MOST_ORGANISATIONS, longest=40)
    deny = texts(MOST_ORGANISATIONS, longest=40)


class LicenceSchema(Schema):
    """A licence under which the data are offered, beside the signed terms."""

    name = Text(0, 200)
    url = Text(0, 500)


class SlaSchema(Schema):
    """The service level that is promised; 0 and null promise nothing."""

    availability_bp = whole(0, 10_000, load_default=0, metadata={"description": "9950 is 99.50 %"})
    latency_ms = whole(0, 3_600_000, load_default=None, allow_none=True)
    freshness = Duration(load_default=None, allow_none=True)
    support = Text(0, 500)


class PricePlanEntrySchema(Schema):
    """One of the prices under which the data are offered; the plan itself is checked by the pricing room."""

    code = fields.String(
        load_default="standard",
        validate=validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}$"),
        metadata={"description": "Small letters, digits, - and _; a request names it"},
    )
    title_zh = Text(0, 120)
    title_en = Text(0, 120)
    plan = fields.Dict(keys=fields.String(), required=True)


class PriceTermsSchema(Schema):
    """What holds for every price plan."""

    currency = fields.String(validate=validate.OneOf(["CNY"]), load_default="CNY")
    tax_rate_bp = whole(0, 10_000, load_default=600, metadata={"description": "600 is 6 %"})
    tax_included = Flag(load_default=True)
    negotiable = Flag(load_default=False)
    valuation_basis = Text(0, 1000)
    increase_effective_from = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "From when renewals pay a higher price; null for the earliest day"},
    )


class ContactSchema(Schema):
    """Whom a buyer may ask."""

    name = Text(0, 100)
    email = Text(0, 200)
    phone = Text(0, 50)
