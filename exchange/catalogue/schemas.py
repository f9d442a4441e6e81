"""What the catalogue's API takes and gives; the offer itself is described in `content`."""

from marshmallow import Schema, fields, validate

from exchange.catalogue.codes import get_table
from exchange.catalogue.content.offer import OfferDocumentSchema
from exchange.catalogue.models import StopEffect, VersionState
from exchange.catalogue.queries import MOST_PER_PAGE, PAGE

SECTORS = get_table("sectors").values
_REASON = validate.Length(1, 500)


class CreateListingSchema(OfferDocumentSchema):
    """A listing of one of the provider's own data sets or hosted products: one of their ids, and the offer."""

    dataset_id = fields.String(metadata={"description": "A data set that is stored here"})
    hosted_id = fields.String(metadata={"description": "A product whose data stay with the provider"})


class EditListingSchema(OfferDocumentSchema):
    """The next version of a listing: the whole offer anew."""


class ListingVersionSchema(Schema):
    """One version of a listing with its place in the review."""

    listing_id = fields.String()
    version = fields.Integer(attribute="number")
    state = fields.String()
    digest = fields.String()
    content = fields.Dict()
    written_by = fields.String()
    written_at = fields.AwareDateTime()
    submitted_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Until when the operator is to decide"}
    )
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    price_notice = fields.Dict(allow_none=True)


class PublishedListingSchema(Schema):
    """A listed version with the state of its listing."""

    id = fields.String()
    organisation_id = fields.String()
    dataset_id = fields.String(allow_none=True)
    hosted_id = fields.String(allow_none=True)
    version = fields.Integer()
    digest = fields.String()
    content = fields.Dict()
    state = fields.String(metadata={"description": "listed, suspended, delisted or expired"})
    state_reason = fields.String(allow_none=True)
    price_notice = fields.Dict(allow_none=True)
    listed_at = fields.AwareDateTime(allow_none=True)
    revoked_reason = fields.String(
        allow_none=True,
        metadata={"description": "Why the revision on offer was withdrawn; null while it stands"},
    )


class ListingStateSchema(Schema):
    """Where a listing stands, and what that does to running agreements."""

    id = fields.String()
    state = fields.String()
    stop_effect = fields.String(allow_none=True)
    state_reason = fields.String(allow_none=True)
    state_changed_at = fields.AwareDateTime(allow_none=True)
    listed_version = fields.Integer(allow_none=True)
    expires_on = fields.String(allow_none=True)


class ListedPriceSchema(Schema):
    """What was asked for under one listed version."""

    version = fields.Integer()
    listed_at = fields.AwareDateTime(allow_none=True)
    price_plans = fields.Function(lambda card: card.content["price_plans"], metadata={"type": "array"})
    price_terms = fields.Function(lambda card: card.content["price_terms"], metadata={"type": "object"})
    price_notice = fields.Dict(allow_none=True)


class SubmitVersionSchema(Schema):
    """Asking for review; after a supplement the note says what was brought."""

    note = fields.String(load_default="", validate=validate.Length(max=500))


class ReasonSchema(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_REASON)


class StopListingSchema(ReasonSchema):
    """Why, and what becomes of running agreements."""

    effect = fields.String(required=True, validate=validate.OneOf([item.value for item in StopEffect]))


class _ChecklistSchema(ReasonSchema):
    checklist = fields.List(
        fields.String(),
        load_default=list,
        validate=validate.Length(max=len(get_table("review_checklist"))),
        metadata={"description": "Ticked items of the table `review_checklist`; passing needs all"},
    )


class ApproveVersionSchema(_ChecklistSchema):
    """The decision of the provider's second person."""

    decision = fields.String(required=True, validate=validate.OneOf(["approved", "returned"]))


class DecideVersionSchema(_ChecklistSchema):
    """The operator's decision about an approved version."""

    decision = fields.String(required=True, validate=validate.OneOf(["listed", "supplement", "rejected"]))
    missing = fields.List(
        fields.String(validate=validate.Length(1, 300)),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "What the provider is to bring; for a supplement"},
    )


class ListingReviewSchema(Schema):
    """One step of a review."""

    number = fields.Integer()
    step = fields.String()
    decision = fields.String()
    person_id = fields.String()
    organisation_id = fields.String()
    reason = fields.String()
    missing = fields.List(fields.String())
    checklist = fields.List(fields.String())
    taken_at = fields.AwareDateTime()


class FindVersionsSchema(Schema):
    """Which versions to show."""

    state = fields.String(validate=validate.OneOf([item.value for item in VersionState]), load_default=None)
    overdue = fields.Boolean(
        load_default=False, metadata={"description": "Only reviews whose deadline is past"}
    )
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, MOST_PER_PAGE))
