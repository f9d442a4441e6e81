"""What can be done with statements: issue them; they never change afterwards."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts import agreements
from contracts.terms import Terms
from exchange.core.clock import to_millis
from exchange.core.database import insert_ignoring
from exchange.core.errors import Conflict
from exchange.core.events import EXCHANGE, record_event
from exchange.pricing import QUANTITY_NAMES, Usage
from settlement import ledger
from settlement.metering import Billable
from settlement.statements import queries
from settlement.statements.calculation import (
    Bill,
    accounts_of,
    calculate_bill,
    declared_of,
    legs_of,
    life_of,
    statement_id_of,
    statement_number,
    transfer_key_of,
    year_of,
)
from settlement.statements.events import StatementIssued
from settlement.statements.models import Statement, StatementLine, StatementSeries


class PeriodBilledFurther(Conflict):
    """A later epoch of the period is billed already, so an earlier one has no statement of its own any more."""

    code = "period-billed-further"


def open_deal_accounts(session: Session, event: agreements.AgreementExecuted, *, at: datetime) -> None:
    """Give the parties of an executed agreement their ledger accounts; harmless when repeated."""
    del at
    for purpose, owner in accounts_of(agreements.get_terms(session, event.agreement_id)).items():
        ledger.open_account(session, owner=owner, purpose=purpose)


def issue_statement(
    session: Session, *, agreement_id: str, period: str, epoch: int, used: Billable, now: datetime
) -> Statement | None:
    """Bill what an agreement used in a period since its last statement, and post it to the ledger.

    The caller serialises the agreement; the same epoch again gives the statement that is there. None when
    nothing has changed.

    Raises:
        PeriodBilledFurther: a statement of the period covers a later epoch.
    """
    last = queries.last_statement(session, agreement_id=agreement_id, period=period)
    if last is not None and last.epoch >= epoch:
        if last.epoch == epoch:
            return last
        raise PeriodBilledFurther(f"{last.number} covers {period} up to epoch {last.epoch}")
    terms = agreements.get_terms(session, agreement_id)
    before = last.usage_after if last else None
    bill = calculate_bill(
        terms,
        before=before,
        used=used,
        charged_before_fen=last.charged_before_fen + last.amount_fen if last else 0,
    )
    # Use that costs nothing has its statement too: every delivery and every declaration is covered by one.
    if not bill.lines and _is_unchanged(before or Usage(), used.usage):
        return None
    return _write_statement(session, terms, bill, before, period=period, epoch=epoch, used=used, now=now)


def _write_statement(
    session: Session,
    terms: Terms,
    bill: Bill,
    before: Usage | None,
    *,
    period: str,
    epoch: int,
    used: Billable,
    now: datetime,
) -> Statement:
    statement_id = statement_id_of(terms.agreement_id, period, epoch)
    statement = Statement(
        id=statement_id,
        number=_next_number(session, now),
        agreement_id=terms.agreement_id,
        period=period,
        epoch=epoch,
        provider_id=terms.party("provider").organisation_id,
        buyer_id=terms.party("buyer").organisation_id,
        **_columns(before, used.usage),
        life=life_of(terms, before, used),
        declared=declared_of(terms, before, used),
        charged_before_fen=bill.charged_before_fen,
        amount_fen=bill.amount_fen,
        fee_fen=bill.fee_fen,
        provider_fen=bill.provider_fen,
        terms_sha256=terms.digest,
        bill_sha256=bill.digest,
        transfer_id=_post(session, terms, bill, statement_id, now),
        issued_at=now,
        lines=_lines(bill),
    )
    session.add(statement)
    session.flush()  # a unique key that refuses must do so here, before the event
    event = _event_of(statement, bill)
    record_event(session, event, subject=statement.agreement_id, actor=EXCHANGE, at=now)
    return statement


def _is_unchanged(before: Usage, after: Usage) -> bool:
    return (before.quantities, before.declared) == (after.quantities, after.declared)


def _columns(before: Usage | None, after: Usage) -> dict[str, int | None]:
    was = dict.fromkeys(QUANTITY_NAMES) if before is None else before.quantities.to_json()
    return {
        **{f"{name}_before": value for name, value in was.items()},
        **{f"{name}_after": value for name, value in after.quantities.to_json().items()},
    }


def _next_number(session: Session, now: datetime) -> str:
    # Locks the series to the end of the transaction, so keep what follows short.
    year = year_of(now)
    insert_ignoring(session, StatementSeries, year=year, issued=0)
    place = session.execute(
        update(StatementSeries)
        .where(StatementSeries.year == year)
        .values(issued=StatementSeries.issued + 1)
        .returning(StatementSeries.issued)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return statement_number(year, place)


def _post(session: Session, terms: Terms, bill: Bill, statement_id: str, now: datetime) -> str | None:
    legs = legs_of(terms, bill)
    if not legs:
        return None
    transfer = ledger.Transfer(
        key=transfer_key_of(statement_id),
        kind="statement",
        reference=statement_id,
        occurred_at=now,
        legs=legs,
    )
    return ledger.post_batch(session, [transfer], now=now)[0]


def _lines(bill: Bill) -> list[StatementLine]:
    return [
        StatementLine(
            number=number,
            key=line.key,
            description=line.description,
            quantity=line.quantity,
            unit_price_micro=line.unit_price_micro,
            amount_micro=line.amount_micro,
            amount_fen=line.amount_fen,
        )
        for number, line in enumerate(bill.lines, start=1)
    ]


def _event_of(statement: Statement, bill: Bill) -> StatementIssued:
    before = statement.quantities_before
    return StatementIssued(
        statement_id=statement.id,
        number=statement.number,
        agreement_id=statement.agreement_id,
        period=statement.period,
        epoch=statement.epoch,
        provider_id=statement.provider_id,
        buyer_id=statement.buyer_id,
        terms_sha256=statement.terms_sha256,
        quantities_before=None if before is None else before.to_json(),
        quantities_after=statement.quantities_after.to_json(),
        life=statement.life,
        declared=statement.declared,
        charged_before_fen=statement.charged_before_fen,
        lines=bill.lines_json(),
        amount_fen=statement.amount_fen,
        fee_fen=statement.fee_fen,
        provider_fen=statement.provider_fen,
        transfer_id=statement.transfer_id,
        issued_at=to_millis(statement.issued_at),
    )
