"""The demand board over HTTP."""

from typing import Any

from flask import g
from flask_smorest import Blueprint

from exchange.catalogue.schemas import ReasonSchema
from exchange.catalogue.search.schemas import FoundListingSchema
from exchange.core.requests import get_session, now
from exchange.demands import matching, queries, service
from exchange.demands.schemas import (
    ClaimDemandSchema,
    ClaimSchema,
    DemandContentSchema,
    DemandSchema,
    FindDemandsSchema,
    InterveneSchema,
    ReviewDemandSchema,
)
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER

blueprint = Blueprint(
    "demand_board", __name__, url_prefix="/api/v1/demands", description="What buyers look for"
)


@blueprint.get("")
@public
@blueprint.arguments(FindDemandsSchema, location="query")
@blueprint.response(200, DemandSchema(many=True))
def find_demands(asked: dict[str, Any]) -> Any:
    """List demands: the board, your own, or those of a state"""
    return queries.find_demands(get_session(), actor=g.get("actor"), **asked)


@blueprint.post("")
@requires(BUYER)
@blueprint.arguments(DemandContentSchema)
@blueprint.response(201, DemandSchema)
def write_demand(content: dict[str, Any]) -> Any:
    """Draft a demand"""
    return service.write_demand(get_session(), actor=current_actor(), content=content, now=now())


@blueprint.get("/fitting")
@requires(PROVIDER)
@blueprint.response(200, DemandSchema(many=True))
def find_fitting_demands() -> Any:
    """List demands that your listings fit"""
    fitting = matching.find_fitting_demands(get_session(), actor=current_actor(), now=now())
    return [item.demand for item in fitting]


@blueprint.get("/<demand_id>")
@public
@blueprint.response(200, DemandSchema)
def get_demand(demand_id: str) -> Any:
    """Show a demand"""
    return queries.get_demand(get_session(), demand_id, actor=g.get("actor"))


@blueprint.post("/<demand_id>/content")
@requires(BUYER)
@blueprint.arguments(DemandContentSchema)
@blueprint.response(200, DemandSchema)
def rewrite_demand(content: dict[str, Any], demand_id: str) -> Any:
    """Write a draft anew"""
    return service.rewrite_demand(
        get_session(), actor=current_actor(), demand_id=demand_id, content=content, now=now()
    )


@blueprint.post("/<demand_id>/submission")
@requires(BUYER)
@blueprint.response(200, DemandSchema)
def submit_demand(demand_id: str) -> Any:
    """Ask for review of a demand"""
    return service.submit_demand(get_session(), actor=current_actor(), demand_id=demand_id, now=now())


@blueprint.post("/<demand_id>/review")
@requires(OPERATOR)
@blueprint.arguments(ReviewDemandSchema)
@blueprint.response(200, DemandSchema)
def review_demand(review: dict[str, str], demand_id: str) -> Any:
    """Open a demand, or return it"""
    return service.review_demand(
        get_session(), actor=current_actor(), demand_id=demand_id, now=now(), **review
    )


@blueprint.get("/<demand_id>/listings")
@requires()
@blueprint.response(200, FoundListingSchema(many=True))
def find_fitting_listings(demand_id: str) -> Any:
    """List what is on offer and fits a demand"""
    actor = current_actor()
    demand = queries.get_demand(get_session(), demand_id, actor=actor)
    return matching.find_fitting_listings(get_session(), demand, actor=actor, now=now())


@blueprint.get("/<demand_id>/claims")
@requires()
@blueprint.response(200, ClaimSchema(many=True))
def find_claims(demand_id: str) -> Any:
    """List the claims on a demand that you may see"""
    actor = current_actor()
    demand = queries.get_demand(get_session(), demand_id, actor=actor)
    return queries.find_claims(get_session(), demand, actor=actor)


@blueprint.post("/<demand_id>/claims")
@requires(PROVIDER)
@blueprint.arguments(ClaimDemandSchema)
@blueprint.response(201, ClaimSchema)
def claim_demand(claim: dict[str, Any], demand_id: str) -> Any:
    """Claim a demand"""
    return service.claim_demand(
        get_session(), actor=current_actor(), demand_id=demand_id, now=now(), **claim
    )


@blueprint.post("/<demand_id>/confirmation")
@requires(BUYER)
@blueprint.response(200, DemandSchema)
def confirm_claim(demand_id: str) -> Any:
    """Take up the claim on your demand"""
    return service.confirm_claim(get_session(), actor=current_actor(), demand_id=demand_id, now=now())


@blueprint.post("/<demand_id>/refusal")
@requires(BUYER)
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, DemandSchema)
def decline_claim(refusal: dict[str, str], demand_id: str) -> Any:
    """Decline the claim on your demand"""
    return service.decline_claim(
        get_session(), actor=current_actor(), demand_id=demand_id, now=now(), **refusal
    )


@blueprint.post("/<demand_id>/withdrawal")
@requires(BUYER)
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, DemandSchema)
def withdraw_demand(withdrawal: dict[str, str], demand_id: str) -> Any:
    """Withdraw your demand"""
    return service.withdraw_demand(
        get_session(), actor=current_actor(), demand_id=demand_id, now=now(), **withdrawal
    )


@blueprint.post("/<demand_id>/intervention")
@requires(OPERATOR)
@blueprint.arguments(InterveneSchema)
@blueprint.response(200, DemandSchema)
def intervene(intervention: dict[str, str], demand_id: str) -> Any:
    """Step in for a demand that nobody claimed for seven days"""
    return service.intervene(
        get_session(), actor=current_actor(), demand_id=demand_id, now=now(), **intervention
    )
