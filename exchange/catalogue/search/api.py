"""Search over HTTP."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE

from exchange.catalogue.search.answer import answer_of
from exchange.catalogue.search.schemas import FoundSchema, SearchListingsSchema, wish_of
from exchange.catalogue.search.service import search_listings
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("search", __name__, url_prefix="/api/v1/listings", description="Finding listings")


@blueprint.get("")
@requires()
# A facet that there is none of is refused: left out, it would quietly find more than was asked for.
@blueprint.arguments(SearchListingsSchema, location="query", unknown=RAISE)
@blueprint.response(200, FoundSchema)
def find_listings(asked: dict[str, Any]) -> Any:
    """Search what is on offer, with facets"""
    wish = wish_of(asked)
    found = search_listings(get_session(), actor=current_actor(), wish=wish, now=now())
    return answer_of(get_session(), found, wish)
