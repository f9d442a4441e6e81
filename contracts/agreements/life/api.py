"""The life of agreements over HTTP, and the authorities' orders."""

from typing import Any

from flask_smorest import Blueprint

from contracts.agreements.life import orders, queries, reading, steps
from contracts.agreements.life.schemas import (
    EffectsSchema,
    FindLivesSchema,
    FindOrdersSchema,
    LifeSchema,
    LiftSuspensionSchema,
    OrderSchema,
    OrderSuspensionSchema,
    TakeStepSchema,
)
from contracts.agreements.life.standing import effects_of
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, REGULATOR

blueprint = Blueprint(
    "agreement_lives", __name__, url_prefix="/api/v1/agreements", description="The life of agreements"
)
orders_blueprint = Blueprint(
    "suspension_orders",
    __name__,
    url_prefix="/api/v1/suspension-orders",
    description="Orders that nothing is delivered",
)


@orders_blueprint.get("")
@requires(OPERATOR, REGULATOR)
@orders_blueprint.arguments(FindOrdersSchema, location="query")
@orders_blueprint.response(200, OrderSchema(many=True))
def find_suspensions(filters: dict[str, Any]) -> Any:
    """List the suspension orders, the newest first"""
    at = now() if filters["standing"] else None
    return queries.find_all_orders(get_session(), standing_at=at, limit=filters["limit"])


@orders_blueprint.post("")
@requires(OPERATOR, REGULATOR)
@orders_blueprint.arguments(OrderSuspensionSchema)
@orders_blueprint.response(201, OrderSchema)
def order_suspension(order: dict[str, Any]) -> Any:
    """Stop every delivery under an agreement or of an organisation"""
    return orders.order_suspension(get_session(), actor=current_actor(), now=now(), **order)


@orders_blueprint.post("/<order_id>/lifting")
@requires(OPERATOR, REGULATOR)
@orders_blueprint.arguments(LiftSuspensionSchema)
@orders_blueprint.response(200, OrderSchema)
def lift_suspension(lifting: dict[str, str], order_id: str) -> Any:
    """Lift an order that you gave"""
    return orders.lift_suspension(
        get_session(), actor=current_actor(), order_id=order_id, now=now(), **lifting
    )


@blueprint.get("/lives")
@requires()
@blueprint.arguments(FindLivesSchema, location="query")
@blueprint.response(200, LifeSchema(many=True))
def find_lives(filters: dict[str, Any]) -> Any:
    """List agreements by where they stand"""
    return reading.find_lives(get_session(), actor=current_actor(), at=now(), **filters)


@blueprint.get("/<agreement_id>/life")
@requires()
@blueprint.response(200, LifeSchema)
def get_life(agreement_id: str) -> Any:
    """Show where an agreement stands, when it ends and why"""
    return reading.get_life(get_session(), agreement_id, actor=current_actor(), at=now())


@blueprint.post("/<agreement_id>/steps")
@requires()
@blueprint.arguments(TakeStepSchema)
@blueprint.response(200, LifeSchema)
def take_step(asked: dict[str, Any], agreement_id: str) -> Any:
    """Take a step in the life of an agreement"""
    session, actor = get_session(), current_actor()
    steps.take_step(session, actor=actor, agreement_id=agreement_id, now=now(), **asked)
    return reading.get_life(session, agreement_id, actor=actor, at=now())


@blueprint.post("/<agreement_id>/step-previews")
@requires()
@blueprint.arguments(TakeStepSchema)
@blueprint.response(200, EffectsSchema)
def preview_step(asked: dict[str, Any], agreement_id: str) -> Any:
    """Show what a step would do to money, data and access"""
    course = steps.preview_step(
        get_session(), actor=current_actor(), agreement_id=agreement_id, now=now(), **asked
    )
    return effects_of(course)
