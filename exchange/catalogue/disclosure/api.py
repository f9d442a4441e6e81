"""The public side of a listing's data over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.catalogue import queries
from exchange.catalogue.disclosure.schemas import DisclosedSchema
from exchange.catalogue.disclosure.service import disclose
from exchange.core.clock import SHANGHAI
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires

blueprint = Blueprint(
    "listing_preview",
    __name__,
    url_prefix="/api/v1/listings",
    description="Samples and quality of what is on offer",
)


@blueprint.get("/<listing_id>/preview")
@requires()
@blueprint.response(200, DisclosedSchema)
def get_preview(listing_id: str) -> Any:
    """Show the masked sample and the public quality profile of a listing on offer"""
    session = get_session()
    listing = queries.get_published_listing(session, listing_id, actor=current_actor(), now=now())
    return disclose(session, listing, as_of=now().astimezone(SHANGHAI).date()).to_json()
