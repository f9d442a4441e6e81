"""What a search takes and gives."""

from typing import Any

from marshmallow import Schema, fields, validate

from exchange.catalogue.schemas import SECTORS
from exchange.catalogue.search.entry import UNMEASURED
from exchange.catalogue.search.facets import FACETS, MOST_VALUES
from exchange.catalogue.search.service import RELEVANCE, SORTS, Wish

#: A question longer than a sentence is none.
_LONGEST_TEXT = 200
_LONGEST_PAGE = 100


def _values(*checks: Any, description: str) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=[validate.Length(1, 120), *checks]),
        load_default=list,
        validate=validate.Length(max=MOST_VALUES),
        metadata={"description": f"{description}; given several times, any of them"},
    )


class SearchListingsSchema(Schema):
    """What to look for; values of one facet widen, facets narrow each other."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=_LONGEST_TEXT),
        metadata={"description": "Words in Chinese or English; a listing has all of them"},
    )
    sector = _values(validate.OneOf(SECTORS), description="Sector")
    granularity = _values(description="ISO 8601 duration between values, such as PT15M")
    frequency = _values(description="Code of the update frequency")
    newest = _values(validate.Regexp(r"^\d{4}$"), description="Year of the newest data")
    price_model = _values(description="Price model, such as per_row")
    delivery = _values(description="Way of delivery: query, file or proxy")
    quality = _values(validate.OneOf(["A", "B", "C", "D", UNMEASURED]), description="Quality level")
    region = _values(
        validate.Regexp(r"^\d{6}$"), description="GB/T 2260 code; a wider one has the narrower"
    )
    licence = _values(description="Name of the licence")
    language = _values(validate.OneOf(["zh", "en"]), description="Language of the data")
    provider = _values(description="Id of the offering organisation")
    sort = fields.String(
        load_default=RELEVANCE,
        validate=validate.OneOf(SORTS),
        metadata={"description": "price needs exactly one price_model"},
    )
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1000))
    size = fields.Integer(load_default=20, validate=validate.Range(1, _LONGEST_PAGE))


class FoundListingSchema(Schema):
    """A listing as a list shows it; its address gives the whole of it."""

    id = fields.String()
    organisation_id = fields.String()
    listed_at = fields.AwareDateTime()
    card = fields.Dict()


class FacetValueSchema(Schema):
    """One value of a facet and how many listings it leaves."""

    value = fields.String()
    label_zh = fields.String()
    label_en = fields.String()
    count = fields.Integer()
    selected = fields.Boolean()


class FacetSchema(Schema):
    """A facet, counted under the filters of all the others."""

    name = fields.String()
    values = fields.List(fields.Nested(FacetValueSchema))


class FoundSchema(Schema):
    """One page of what was found."""

    items = fields.List(fields.Nested(FoundListingSchema))
    total = fields.Integer()
    page = fields.Integer()
    size = fields.Integer()
    relaxed = fields.Boolean(
        metadata={"description": "No listing has all the words; these have some of them"}
    )
    facets = fields.List(fields.Nested(FacetSchema))


def wish_of(asked: dict[str, Any]) -> Wish:
    """The wish in a checked query string."""
    return Wish(
        text=asked["q"],
        filters={facet: asked[facet] for facet in FACETS},
        sort=asked["sort"],
        page=asked["page"],
        size=asked["size"],
    )
