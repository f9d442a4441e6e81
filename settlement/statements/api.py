"""Statements over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.core.requests import get_session
from exchange.participants.access import current_actor, requires
from settlement.statements import queries
from settlement.statements.schemas import FindStatementsSchema, StatementSchema, StatementWithLinesSchema

blueprint = Blueprint(
    "statements", __name__, url_prefix="/api/v1/statements", description="What is owed under an agreement"
)


@blueprint.get("")
@requires()
@blueprint.arguments(FindStatementsSchema, location="query")
@blueprint.response(200, StatementSchema(many=True))
def find_statements(filters: dict[str, Any]) -> Any:
    """List the statements you may see"""
    return queries.find_statements(get_session(), actor=current_actor(), **filters)


@blueprint.get("/<statement_id>")
@requires()
@blueprint.response(200, StatementWithLinesSchema)
def get_statement(statement_id: str) -> Any:
    """Show a statement with its lines"""
    return queries.get_statement(get_session(), statement_id, actor=current_actor())
