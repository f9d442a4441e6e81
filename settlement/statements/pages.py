"""The statements' pages: the list, and one statement with everything that its amounts come from."""

from flask import Blueprint, render_template, request

from contracts import agreements
from exchange.core.clock import parse_period
from exchange.core.requests import get_session
from exchange.participants.access import current_actor, requires
from settlement import ledger
from settlement.statements import queries
from settlement.statements.labels import account_label, line_label

blueprint = Blueprint("statement_pages", __name__, url_prefix="/statements", template_folder="templates")


@blueprint.get("/")
@requires()
def show_statements() -> str:
    """The statements the person may see, of one period if asked."""
    period = request.args.get("period") or None
    found = queries.find_statements(
        get_session(), actor=current_actor(), period=parse_period(period).key if period else None
    )
    return render_template("statements/statements.html", statements=found, period=period)


@blueprint.get("/<statement_id>")
@requires()
def show_statement(statement_id: str) -> str:
    """One statement: lines, delivery records behind them, split, and how it is booked."""
    session = get_session()
    statement = queries.get_statement(session, statement_id, actor=current_actor())
    return render_template(
        "statements/statement.html",
        statement=statement,
        deal=agreements.get_agreement_card(session, statement.agreement_id, actor=current_actor()),
        deliveries=queries.find_deliveries_behind(session, statement),
        entries=ledger.entries_of(session, statement.transfer_id) if statement.transfer_id else [],
        line_label=line_label,
        account_label=account_label,
    )
