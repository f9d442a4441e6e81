"""The statements' pages: the list, and one statement with everything that its amounts come from."""

from itertools import islice

from flask import Blueprint, render_template, request
from markupsafe import Markup

from contracts import agreements
from contracts.agreements import AgreementCard
from exchange.catalogue import labels as listing_labels
from exchange.core.clock import parse_period
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.money import format_yuan
from exchange.core.requests import get_session
from exchange.participants.access import current_actor, requires
from exchange.portal.charts import share_bar
from settlement import ledger
from settlement.statements import labels, queries
from settlement.statements.models import Statement

blueprint = Blueprint("statement_pages", __name__, url_prefix="/statements", template_folder="templates")
#: A statement may stand on a million records; its page shows the first, the bundle holds all.
_RECORDS_SHOWN = 100


@blueprint.get("/")
@requires()
def show_statements() -> str:
    """The statements the person may see, of one period if asked."""
    session, actor = get_session(), current_actor()
    period = request.args.get("period") or None
    found = queries.find_statements(
        session, actor=actor, period=parse_period(period).key if period else None
    )
    return render_template(
        "statements/statements.html",
        statements=found,
        deals={
            agreement_id: agreements.get_agreement_card(session, agreement_id, actor=actor)
            for agreement_id in {statement.agreement_id for statement in found}
        },
        period=period,
        total_fen=sum(statement.amount_fen for statement in found),
    )


@blueprint.get("/<statement_id>")
@requires()
def show_statement(statement_id: str) -> str:
    """One statement: lines, delivery records behind them, split, and how it is booked."""
    session, actor = get_session(), current_actor()
    statement = queries.get_statement(session, statement_id, actor=actor)
    deal = agreements.get_agreement_card(session, statement.agreement_id, actor=actor)
    return render_template(
        "statements/statement.html",
        statement=statement,
        deal=deal,
        split=_split(statement),
        declared=queries.find_declarations_behind(session, statement) if statement.declared else [],
        deliveries=list(islice(queries.find_deliveries_behind(session, statement), _RECORDS_SHOWN)),
        entries=ledger.entries_of(session, statement.transfer_id) if statement.transfer_id else [],
        owners=_owners(deal),
        labels=labels,
        listing_labels=listing_labels,
    )


def _split(statement: Statement) -> Markup | None:
    shares = (
        (gettext("To the provider"), statement.provider_fen),
        (gettext("Platform fee"), statement.fee_fen),
    )
    named = [(f"{label} ¥{format_yuan(fen)}", fen) for label, fen in shares]
    return share_bar(named, title=gettext("How it is split"))


def _owners(deal: AgreementCard) -> dict[str, str]:
    """Names of the parties by the ids under which the ledger knows them."""
    parties = [deal.terms.party(role) for role in ("provider", "buyer", "exchange")]
    return {
        party.organisation_id: party.name_zh if speaks_chinese() else party.name_en for party in parties
    }
