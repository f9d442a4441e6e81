"""Declarations over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from contracts.declarations import queries, service
from contracts.declarations.schemas import (
    DeclareRevenueSchema,
    FindRevenueDeclarationsSchema,
    RevenueDeclarationSchema,
)
from exchange.context import get_context
from exchange.core.requests import get_session, needs_idempotency_key, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER

blueprint = Blueprint(
    "declarations",
    __name__,
    url_prefix="/api/v1/agreements",
    description="Revenue of which the provider gets a share",
)


@blueprint.post("/<agreement_id>/revenue-declarations")
@requires(BUYER)
@needs_idempotency_key
@blueprint.arguments(DeclareRevenueSchema)
@blueprint.response(201, RevenueDeclarationSchema)
def declare_revenue(declared: dict[str, Any], agreement_id: str) -> Any:
    """Declare your revenue of a month, or correct it"""
    return service.declare_revenue(
        get_session(),
        actor=current_actor(),
        agreement_id=agreement_id,
        exchange_key=get_context().signing_key,
        now=now(),
        **declared,
    )


@blueprint.get("/<agreement_id>/revenue-declarations")
@requires()
@blueprint.arguments(FindRevenueDeclarationsSchema, location="query")
@blueprint.response(200, RevenueDeclarationSchema(many=True))
def find_revenue_declarations(asked: dict[str, Any], agreement_id: str) -> Any:
    """List the declared revenue of an agreement"""
    return queries.find_declarations(get_session(), agreement_id, actor=current_actor(), **asked)
