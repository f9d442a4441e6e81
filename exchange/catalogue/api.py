"""The catalogue over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.catalogue import queries, service
from exchange.catalogue.schemas import (
    CreateListingSchema,
    DecideVersionSchema,
    FindVersionsSchema,
    ListingOfferSchema,
    ListingVersionSchema,
    PublishedListingSchema,
)
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint("listings", __name__, url_prefix="/api/v1/listings", description="What is on offer")


@blueprint.post("")
@requires(PROVIDER)
@blueprint.arguments(CreateListingSchema)
@blueprint.response(201, ListingVersionSchema)
def create_listing(offer: dict[str, Any]) -> Any:
    """Draft the listing of a data set"""
    dataset_id = offer.pop("dataset_id")
    return service.create_listing(
        get_session(), actor=current_actor(), dataset_id=dataset_id, offer=offer, now=now()
    )


@blueprint.get("/versions")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.arguments(FindVersionsSchema, location="query")
@blueprint.response(200, ListingVersionSchema(many=True))
def find_versions(filters: dict[str, Any]) -> Any:
    """List versions by their place in the review"""
    return queries.find_versions(get_session(), actor=current_actor(), **filters)


@blueprint.get("/<listing_id>")
@requires()
@blueprint.response(200, PublishedListingSchema)
def get_listing(listing_id: str) -> Any:
    """Show a listing on offer"""
    return queries.get_published_listing(get_session(), listing_id)


@blueprint.post("/<listing_id>/versions")
@requires(PROVIDER)
@blueprint.arguments(ListingOfferSchema)
@blueprint.response(201, ListingVersionSchema)
def edit_listing(offer: dict[str, Any], listing_id: str) -> Any:
    """Write the next version of a listing"""
    return service.edit_listing(
        get_session(), actor=current_actor(), listing_id=listing_id, offer=offer, now=now()
    )


@blueprint.post("/<listing_id>/versions/<int:number>/submission")
@requires(PROVIDER)
@blueprint.response(200, ListingVersionSchema)
def submit_version(listing_id: str, number: int) -> Any:
    """Ask for review of a version"""
    return service.submit_version(
        get_session(), actor=current_actor(), listing_id=listing_id, number=number, now=now()
    )


@blueprint.post("/<listing_id>/versions/<int:number>/decision")
@requires(OPERATOR)
@blueprint.arguments(DecideVersionSchema)
@blueprint.response(200, ListingVersionSchema)
def decide_version(decision: dict[str, str], listing_id: str, number: int) -> Any:
    """List or reject a submitted version"""
    return service.decide_version(
        get_session(), actor=current_actor(), listing_id=listing_id, number=number, now=now(), **decision
    )
