"""Negotiations over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from contracts.negotiations import opening, queries, service
from contracts.negotiations.rounds import Proposal, house_rules
from contracts.negotiations.schemas import (
    ClauseSchema,
    CompareRoundsSchema,
    ComparisonSchema,
    EndNegotiationSchema,
    FindNegotiationsSchema,
    NegotiationRoundSchema,
    NegotiationSchema,
    OfferPrivatelySchema,
    ProposalSchema,
    ReadClausesSchema,
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
@blueprint.arguments(RequestAccessSchema(partial=True))
@blueprint.response(201, NegotiationSchema)
def request_access(asked: dict[str, Any]) -> Any:
    """Ask for data, with a purpose"""
    return opening.request_access(
        get_session(),
        actor=current_actor(),
        listing_id=asked["listing_id"],
        request=asked["changes"],
        proposal=_proposal(asked),
        **_circumstances(),
    )


@blueprint.post("/offers")
@requires(PROVIDER)
@blueprint.arguments(OfferPrivatelySchema(partial=True))
@blueprint.response(201, NegotiationSchema)
def offer_privately(asked: dict[str, Any]) -> Any:
    """Offer your listing to one buyer who has not asked"""
    return opening.offer_privately(
        get_session(),
        actor=current_actor(),
        listing_id=asked["listing_id"],
        buyer_id=asked["buyer_id"],
        changes=asked["changes"],
        proposal=_proposal(asked),
        **_circumstances(),
    )


@blueprint.get("")
@requires()
@blueprint.arguments(FindNegotiationsSchema, location="query")
@blueprint.response(200, NegotiationSchema(many=True))
def find_negotiations(filters: dict[str, Any]) -> Any:
    """List the negotiations you may see, newest first"""
    return queries.find_negotiations(get_session(), actor=current_actor(), **filters)


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


@blueprint.get("/<negotiation_id>/clauses")
@requires()
@blueprint.arguments(ReadClausesSchema, location="query")
@blueprint.response(200, ClauseSchema(many=True))
def read_clauses(asked: dict[str, Any], negotiation_id: str) -> Any:
    """Read a draft as clauses, each machine-read limit beside its words"""
    negotiation = queries.get_negotiation(get_session(), negotiation_id, actor=current_actor())
    return queries.read_clauses(get_session(), negotiation, **asked)


@blueprint.get("/<negotiation_id>/differences")
@requires()
@blueprint.arguments(CompareRoundsSchema, location="query")
@blueprint.response(200, ComparisonSchema)
def compare_rounds(asked: dict[str, Any], negotiation_id: str) -> Any:
    """Compare two rounds clause by clause"""
    negotiation = queries.get_negotiation(get_session(), negotiation_id, actor=current_actor())
    return queries.compare_rounds(get_session(), negotiation, **asked)


@blueprint.post("/<negotiation_id>/offer")
@requires(PROVIDER)
@blueprint.arguments(ProposalSchema(partial=True))
@blueprint.response(200, NegotiationSchema)
def offer_terms(asked: dict[str, Any], negotiation_id: str) -> Any:
    """Offer conditions for a request or a counter-offer"""
    return service.offer_terms(
        get_session(),
        actor=current_actor(),
        negotiation_id=negotiation_id,
        changes=asked["changes"],
        proposal=_proposal(asked),
        **_circumstances(),
    )


@blueprint.post("/<negotiation_id>/counter-offer")
@requires(BUYER)
@blueprint.arguments(ProposalSchema(partial=True))
@blueprint.response(200, NegotiationSchema)
def counter_offer(asked: dict[str, Any], negotiation_id: str) -> Any:
    """Answer an offer with other conditions"""
    return service.counter_offer(
        get_session(),
        actor=current_actor(),
        negotiation_id=negotiation_id,
        changes=asked["changes"],
        proposal=_proposal(asked),
        **_circumstances(),
    )


@blueprint.post("/<negotiation_id>/acceptance")
@requires(PROVIDER, BUYER)
@blueprint.response(200, NegotiationSchema)
def accept_offer(negotiation_id: str) -> Any:
    """Accept the other party's draft; the terms are frozen for signature"""
    return service.accept_offer(
        get_session(), actor=current_actor(), negotiation_id=negotiation_id, **_circumstances()
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


def _circumstances() -> dict[str, Any]:
    return {"house": house_rules(get_context().settings), "now": now()}


def _proposal(asked: dict[str, Any]) -> Proposal:
    return Proposal(asked["message"], asked["answer_days"])
