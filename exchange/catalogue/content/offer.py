"""The whole offer: everything a provider says of a data set; docs/reference/listing.md explains each member."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from exchange.catalogue.content.describing import (
    CoverageSchema,
    DictionaryEntrySchema,
    PublicDataSchema,
    SourceSchema,
)
from exchange.catalogue.content.fields import Code, Day, Text, codes, group, optional_group, texts
from exchange.catalogue.content.guarding import ComplianceSchema, SecuritySchema
from exchange.catalogue.content.trading import (
    MOST_PRICE_PLANS,
    ContactSchema,
    LicenceSchema,
    PricePlanEntrySchema,
    PriceTermsSchema,
    RightsSchema,
    SlaSchema,
    UsagePolicySchema,
    VisibilitySchema,
)

#: Columns of one data set; a table that is wider is several tables.
MOST_COLUMNS = 2000
LANGUAGES = ("zh", "en")
#: What a provider-hosted product has by default where a data set has something else.
HOSTED_DEFAULTS: Mapping[str, Any] = {"product_kind": "api", "delivery_modes": ["proxy"]}


class ListingOfferSchema(Schema):
    """The provider's words about a data set or a hosted product; the facts are taken from its newest state."""

    title_zh = Text(1, 120)
    title_en = Text(1, 120)
    summary_zh = Text(0, 2000)
    summary_en = Text(0, 2000)
    keywords = texts(20, longest=40)
    sector = Code("sectors", required=True)
    product_kind = Code("product_kinds", load_default="dataset")
    industry = Code("industries", load_default=None, allow_none=True)
    commodity = Code("commodities", load_default=None, allow_none=True)
    data_nature = Code("data_natures", load_default="enterprise")
    public_data = optional_group(PublicDataSchema)
    languages = fields.List(
        fields.String(validate=validate.OneOf(LANGUAGES)),
        load_default=lambda: list(LANGUAGES),
        validate=validate.Length(1, len(LANGUAGES)),
    )
    scenarios = texts(50, longest=200, required=True)
    use_cases = Text(0, 2000)
    restrictions = Text(0, 2000)
    source = group(SourceSchema)
    source_statement = Text(
        1,
        2000,
        metadata={"description": "Where the data come from; Data Security Law art. 33"},
    )
    coverage = group(CoverageSchema)
    dictionary = fields.List(
        fields.Nested(DictionaryEntrySchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_COLUMNS),
        metadata={"description": "One entry for each column; left out, it is derived from the schema"},
    )
    security = group(SecuritySchema)
    compliance = fields.Nested(ComplianceSchema, required=True)
    rights = group(RightsSchema)
    usage_policy = fields.Nested(UsagePolicySchema, required=True)
    visibility = group(VisibilitySchema)
    licence = group(LicenceSchema)
    delivery_modes = codes("delivery_modes", default=("query", "file"), least=1)
    sla = group(SlaSchema)
    price_plans = fields.List(
        fields.Nested(PricePlanEntrySchema), required=True, validate=validate.Length(1, MOST_PRICE_PLANS)
    )
    price_terms = group(PriceTermsSchema)
    contact = group(ContactSchema)
    valid_to = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Last day on offer; null for no end"},
    )


class OfferDocumentSchema(ListingOfferSchema):
    """The offer as it arrives: described here member by member, checked as a whole with its revision.

    The service reports the faults of form and of rules together; checking the form first would report
    them in two goes.
    """

    def load(self, data, **_options):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN201
        """Take the document as it is."""
        if not isinstance(data, Mapping):
            raise ValidationError("An offer is an object.")
        return dict(data)
