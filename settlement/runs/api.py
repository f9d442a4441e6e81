"""Settlement runs over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, needs_idempotency_key, now
from exchange.participants.access import requires
from exchange.participants.actors import OPERATOR, REGULATOR
from settlement.runs import execution, queries
from settlement.runs.schemas import RunSettlementSchema, SettlementRunSchema

blueprint = Blueprint(
    "settlement-runs",
    __name__,
    url_prefix="/api/v1/settlement-runs",
    description="Billing all agreements of a period",
)


@blueprint.post("")
@requires(OPERATOR)
@needs_idempotency_key
@blueprint.arguments(RunSettlementSchema)
@blueprint.response(200, SettlementRunSchema)
def run_settlement(wanted: dict[str, Any]) -> Any:
    """Settle a period"""
    # Its own transactions, one per agreement: the request's session stays unopened and holds no lock.
    return execution.run_settlement(get_context().database, now=now(), **wanted)


@blueprint.get("")
@requires(OPERATOR, REGULATOR)
@blueprint.response(200, SettlementRunSchema(many=True))
def find_settlement_runs() -> Any:
    """List the settlement runs with what they parked"""
    return queries.find_runs(get_session())
