"""The catalogue over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.catalogue import lifecycle, queries, service
from exchange.catalogue.review import ReviewDays, approve_version, decide_version, submit_version
from exchange.catalogue.review import withdraw_version as withdraw
from exchange.catalogue.schemas import (
    ApproveVersionSchema,
    CreateListingSchema,
    DecideVersionSchema,
    EditListingSchema,
    FindVersionsSchema,
    ListedPriceSchema,
    ListingReviewSchema,
    ListingStateSchema,
    ListingVersionSchema,
    PublishedListingSchema,
    ReasonSchema,
    StopListingSchema,
    SubmitVersionSchema,
)
from exchange.context import get_context
from exchange.core.errors import Invalid
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint("listings", __name__, url_prefix="/api/v1/listings", description="What is on offer")


@blueprint.post("")
@requires(PROVIDER)
@blueprint.arguments(CreateListingSchema)
@blueprint.response(201, ListingVersionSchema)
def create_listing(offer: dict[str, Any]) -> Any:
    """Draft the listing of a data set or of a provider-hosted product"""
    return service.create_listing(
        get_session(),
        actor=current_actor(),
        dataset_id=_id_in(offer, "dataset_id"),
        hosted_id=_id_in(offer, "hosted_id"),
        offer=offer,
        notice_days=get_context().settings.price_notice_days,
        now=now(),
    )


def _id_in(offer: dict[str, Any], member: str) -> str | None:
    value = offer.pop(member, None)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{member} is no id", field=member, remedy="Give the id of one of yours.")
    return value


@blueprint.get("/versions")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.arguments(FindVersionsSchema, location="query")
@blueprint.response(200, ListingVersionSchema(many=True))
def find_versions(filters: dict[str, Any]) -> Any:
    """List versions by their place in the review"""
    overdue_at = now() if filters.pop("overdue") else None
    return queries.find_versions(get_session(), actor=current_actor(), overdue_at=overdue_at, **filters)


@blueprint.get("/<listing_id>")
@requires()
@blueprint.response(200, PublishedListingSchema)
def get_listing(listing_id: str) -> Any:
    """Show a listing with its state"""
    return queries.get_published_listing(get_session(), listing_id, actor=current_actor(), now=now())


@blueprint.get("/<listing_id>/prices")
@requires()
@blueprint.response(200, ListedPriceSchema(many=True))
def find_price_history(listing_id: str) -> Any:
    """List what a listing asked for, version by version"""
    return queries.find_price_history(get_session(), listing_id, actor=current_actor(), now=now())


@blueprint.get("/<listing_id>/versions")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, ListingVersionSchema(many=True))
def find_versions_of_listing(listing_id: str) -> Any:
    """List the versions of one listing"""
    return queries.find_versions_of(get_session(), listing_id, actor=current_actor())


@blueprint.post("/<listing_id>/versions")
@requires(PROVIDER)
@blueprint.arguments(EditListingSchema)
@blueprint.response(201, ListingVersionSchema)
def edit_listing(offer: dict[str, Any], listing_id: str) -> Any:
    """Write the next version of a listing"""
    return service.edit_listing(
        get_session(),
        actor=current_actor(),
        listing_id=listing_id,
        offer=offer,
        notice_days=get_context().settings.price_notice_days,
        now=now(),
    )


@blueprint.get("/<listing_id>/versions/<int:number>")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, ListingVersionSchema)
def get_version(listing_id: str, number: int) -> Any:
    """Show a version of a listing"""
    return queries.get_own_version(get_session(), listing_id, number, actor=current_actor())


@blueprint.get("/<listing_id>/versions/<int:number>/reviews")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, ListingReviewSchema(many=True))
def find_reviews(listing_id: str, number: int) -> Any:
    """List the steps of a version's review"""
    queries.get_own_version(get_session(), listing_id, number, actor=current_actor())
    return queries.find_reviews(get_session(), listing_id, number)


@blueprint.post("/<listing_id>/versions/<int:number>/submission")
@requires(PROVIDER)
@blueprint.arguments(SubmitVersionSchema)
@blueprint.response(200, ListingVersionSchema)
def submit_version_for_review(submission: dict[str, str], listing_id: str, number: int) -> Any:
    """Hand a version to your organisation's approver"""
    return submit_version(
        get_session(), actor=current_actor(), listing_id=listing_id, number=number, now=now(), **submission
    )


@blueprint.post("/<listing_id>/versions/<int:number>/approval")
@requires(PROVIDER)
@blueprint.arguments(ApproveVersionSchema)
@blueprint.response(200, ListingVersionSchema)
def approve_version_for_organisation(approval: dict[str, Any], listing_id: str, number: int) -> Any:
    """Approve or return a colleague's version"""
    settings = get_context().settings
    return approve_version(
        get_session(),
        actor=current_actor(),
        listing_id=listing_id,
        number=number,
        review_days=ReviewDays(
            settings.review_days, settings.review_days_application, settings.review_days_model
        ),
        now=now(),
        **approval,
    )


@blueprint.post("/<listing_id>/versions/<int:number>/decision")
@requires(OPERATOR)
@blueprint.arguments(DecideVersionSchema)
@blueprint.response(200, ListingVersionSchema)
def decide_version_for_exchange(decision: dict[str, Any], listing_id: str, number: int) -> Any:
    """List an approved version, ask for a supplement, or reject it"""
    return decide_version(
        get_session(),
        actor=current_actor(),
        listing_id=listing_id,
        number=number,
        notice_days=get_context().settings.price_notice_days,
        now=now(),
        **decision,
    )


@blueprint.post("/<listing_id>/versions/<int:number>/withdrawal")
@requires(PROVIDER)
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ListingVersionSchema)
def withdraw_version(withdrawal: dict[str, str], listing_id: str, number: int) -> Any:
    """Take a version out of the review"""
    return withdraw(
        get_session(), actor=current_actor(), listing_id=listing_id, number=number, now=now(), **withdrawal
    )


@blueprint.post("/<listing_id>/suspension")
@requires(OPERATOR)
@blueprint.arguments(StopListingSchema)
@blueprint.response(200, ListingStateSchema)
def suspend_listing(stop: dict[str, str], listing_id: str) -> Any:
    """Suspend a listing"""
    return lifecycle.suspend_listing(
        get_session(), actor=current_actor(), listing_id=listing_id, now=now(), **stop
    )


@blueprint.post("/<listing_id>/resumption")
@requires(OPERATOR)
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ListingStateSchema)
def resume_listing(resumption: dict[str, str], listing_id: str) -> Any:
    """End a suspension"""
    return lifecycle.resume_listing(
        get_session(), actor=current_actor(), listing_id=listing_id, now=now(), **resumption
    )


@blueprint.post("/<listing_id>/delisting")
@requires(PROVIDER, OPERATOR)
@blueprint.arguments(StopListingSchema)
@blueprint.response(200, ListingStateSchema)
def delist_listing(stop: dict[str, str], listing_id: str) -> Any:
    """End a listing for good"""
    return lifecycle.delist_listing(
        get_session(), actor=current_actor(), listing_id=listing_id, now=now(), **stop
    )


@blueprint.get("/<listing_id>/state")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, ListingStateSchema)
def get_listing_state(listing_id: str) -> Any:
    """Show where one of your listings stands"""
    return queries.get_own_listing(get_session(), listing_id, actor=current_actor())
