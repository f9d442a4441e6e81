"""What the demand board's API takes and gives."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.catalogue.schemas import SECTORS
from exchange.demands.models import DemandState
from exchange.demands.queries import PAGE

_TEXT = validate.Length(1, 1000)
#: 90071 thousand million yuan; canonical JSON holds integers up to 2^53 - 1.
_MOST_FEN = 2**53 - 1
RISKS = (
    "cross_border",
    "over_use",
    "inference",
    "leak_tamper_delete",
    "management",
)


class RisksSchema(Schema):
    """The buyer's five-risk self-assessment 五类风险自评: what it does about each."""

    cross_border = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Data leaving the country"}
    )
    over_use = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Use beyond purpose or extent"}
    )
    inference = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Inference back to the source"}
    )
    leak_tamper_delete = fields.String(
        required=True, validate=_TEXT, metadata={"description": "Leak, tampering, deletion"}
    )
    management = fields.String(
        required=True, validate=_TEXT, metadata={"description": "People, rules, audits"}
    )


class BudgetSchema(Schema):
    """What the buyer would pay in all."""

    min_fen = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, _MOST_FEN))
    max_fen = fields.Integer(strict=True, required=True, validate=validate.Range(0, _MOST_FEN))


class DemandContentSchema(Schema):
    """What a buyer needs."""

    title_zh = fields.String(required=True, validate=validate.Length(1, 120))
    title_en = fields.String(required=True, validate=validate.Length(1, 120))
    description = fields.String(load_default="", validate=validate.Length(max=2000))
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["resource", "product"]),
        metadata={"description": "resource: seen by verified organisations; product: seen by everybody"},
    )
    sector = fields.String(required=True, validate=validate.OneOf(SECTORS))
    scenario = fields.String(required=True, validate=validate.Length(1, 200))
    columns = fields.List(
        fields.String(validate=validate.Length(1, 80)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Wanted fields, by name or meaning"},
    )
    region = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\d{6})?$"),
        metadata={"description": "GB/T 2260 code"},
    )
    granularity = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^P(T?\d+[A-Z])$"),
        metadata={"description": "ISO 8601 duration between values, such as PT15M"},
    )
    delivery_modes = fields.List(
        fields.String(validate=validate.OneOf(["query", "file"])),
        load_default=lambda: ["query", "file"],
        validate=validate.Length(1, 2),
    )
    budget = fields.Nested(BudgetSchema, load_default=None, allow_none=True)
    valid_to = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{4}-\d{2}-\d{2}$"),
        metadata={"description": "Last day, in Asia/Shanghai"},
    )
    risks = fields.Nested(RisksSchema, required=True)

    @validates_schema
    def check_last_day(self, content: dict[str, Any], **_: Any) -> None:
        try:
            fields.Date().deserialize(content.get("valid_to"))
        except ValidationError as error:
            raise ValidationError("Not a day of the calendar.", "valid_to") from error


class DemandSchema(Schema):
    """A demand and where it stands."""

    id = fields.String()
    organisation_id = fields.String()
    kind = fields.String()
    state = fields.String()
    content = fields.Dict()
    valid_to = fields.Date()
    written_at = fields.AwareDateTime()
    opened_at = fields.AwareDateTime(allow_none=True)
    unclaimed_at = fields.AwareDateTime(allow_none=True)
    return_reason = fields.String(allow_none=True)
    negotiation_id = fields.String(allow_none=True)
    agreement_id = fields.String(allow_none=True)


class FindDemandsSchema(Schema):
    """Which demands to show."""

    mine = fields.Boolean(load_default=False)
    state = fields.String(validate=validate.OneOf([item.value for item in DemandState]), load_default=None)
    after = fields.String(
        load_default=None, metadata={"description": "Id of the last demand of the page before"}
    )
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, 100))


class ReviewDemandSchema(Schema):
    """The operator's decision about a submitted demand."""

    decision = fields.String(required=True, validate=validate.OneOf(["open", "return"]))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class ClaimDemandSchema(Schema):
    """A provider's word that it can fulfil a demand."""

    message = fields.String(required=True, validate=_TEXT)
    listing_id = fields.String(load_default=None, allow_none=True)


class ClaimSchema(Schema):
    """A claim and what the buyer said to it."""

    id = fields.String()
    demand_id = fields.String()
    provider_id = fields.String()
    listing_id = fields.String(allow_none=True)
    message = fields.String()
    state = fields.String()
    claimed_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)


class InterveneSchema(Schema):
    """What the operator does to find a provider."""

    note = fields.String(required=True, validate=_TEXT)
