"""The books over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.core.requests import get_session
from exchange.participants.access import requires
from exchange.participants.actors import OPERATOR, REGULATOR
from settlement.ledger import queries
from settlement.ledger.schemas import TrialBalanceSchema

blueprint = Blueprint("ledger", __name__, url_prefix="/api/v1/ledger", description="The exchange's books")


@blueprint.get("/trial-balance")
@requires(OPERATOR, REGULATOR)
@blueprint.response(200, TrialBalanceSchema)
def get_trial_balance() -> Any:
    """Show what stands on every account"""
    return {
        "difference_fen": queries.trial_balance_fen(get_session()),
        "accounts": queries.trial_balance(get_session()),
    }
