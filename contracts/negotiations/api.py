"""Negotiations over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from contracts.negotiations import queries, service
from contracts.negotiations.schemas import (
    EndNegotiationSchema,
    NegotiationRoundSchema,
    NegotiationSchema,
    OfferTermsSchema,
    RequestAccessSchema,
)
from exchange.context import get_context
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER, PROVIDER

blueprint = Blueprint(
    "negotiations",
    __name__,
    url_prefix="/api/v1/negotiations",
    description="From a request to agreed terms",
)


@blueprint.post("")
@requires(BUYER)
@blueprint.arguments(RequestAccessSchema)
@blueprint.response(201, NegotiationSchema)
def request_access(request: dict[str, Any]) -> Any:
    """Ask for data, with a purpose"""
    listing_id = request.pop("listing_id")
    return service.request_access(
        get_session(), actor=current_actor(), listing_id=listing_id, request=request, now=now()
    )


@blueprint.get("")
@requires()
@blueprint.response(200, NegotiationSchema(many=True))
def find_negotiations() -> Any:
    """List the negotiations you may see"""
    return queries.find_negotiations(get_session(), actor=current_actor())


@blueprint.get("/<negotiation_id>")
@requires()
@blueprint.response(200, NegotiationSchema)
def get_negotiation(negotiation_id: str) -> Any:
    """Show a negotiation"""
    return queries.get_negotiation(get_session(), negotiation_id, actor=current_actor())


@blueprint.get("/<negotiation_id>/rounds")
@requires()
@blueprint.response(200, NegotiationRoundSchema(many=True))
def find_rounds(negotiation_id: str) -> Any:
    """List every round of a negotiation"""
    negotiation = queries.get_negotiation(get_session(), negotiation_id, actor=current_actor())
    return queries.find_rounds(get_session(), negotiation.id)


@blueprint.post("/<negotiation_id>/offer")
@requires(PROVIDER)
@blueprint.arguments(OfferTermsSchema)
@blueprint.response(200, NegotiationSchema)
def offer_terms(changes: dict[str, Any], negotiation_id: str) -> Any:
    """Offer conditions for a request"""
    return service.offer_terms(
        get_session(),
        actor=current_actor(),
        negotiation_id=negotiation_id,
        changes=changes,
        platform_fee_bp=get_context().settings.platform_fee_bp,
        now=now(),
    )


@blueprint.post("/<negotiation_id>/acceptance")
@requires(BUYER)
@blueprint.response(200, NegotiationSchema)
def accept_offer(negotiation_id: str) -> Any:
    """Accept the offer; the terms are frozen for signature"""
    return service.accept_offer(
        get_session(), actor=current_actor(), negotiation_id=negotiation_id, now=now()
    )


@blueprint.post("/<negotiation_id>/end")
@requires(PROVIDER, BUYER)
@blueprint.arguments(EndNegotiationSchema)
@blueprint.response(200, NegotiationSchema)
def end_negotiation(ending: dict[str, str], negotiation_id: str) -> Any:
    """Decline a request, or withdraw your own"""
    return service.end_negotiation(
        get_session(), actor=current_actor(), negotiation_id=negotiation_id, now=now(), **ending
    )
