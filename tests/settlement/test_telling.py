"""Who is told of bills, and of what could not be billed."""

from sqlalchemy import select

from exchange.core.entries import decode_record
from exchange.core.events import EventRow
from exchange.core.telling import Fact, Topic
from exchange.pricing import Quantities, Usage
from settlement.metering import Billable
from settlement.runs.telling import tell_parked
from settlement.statements.service import issue_statement
from settlement.statements.telling import tell_issued
from tests.settlement.deals import DECEMBER, PER_CALL


def fact_of(session, event_type):
    row = session.scalars(select(EventRow).where(EventRow.type == event_type)).one()
    return Fact(row.type, row.subject, row.actor, row.occurred_at, decode_record(row.record))


def test_buyer_and_provider_are_each_told_their_own_amount(database, deals):
    agreement_id = deals.executed(PER_CALL, fee_bp=1000)
    with database.writing() as session:
        statement = issue_statement(
            session,
            agreement_id=agreement_id,
            period="2026-11",
            epoch=1,
            used=Billable(Usage(Quantities(calls=20, succeeded=20))),
            now=DECEMBER,
        )

    with database.reading() as session:
        to_buyer, to_provider = tell_issued(session, fact_of(session, "statement.issued"))

    assert to_buyer.recipients == (statement.buyer_id,)
    assert to_buyer.words().en.endswith("you owe ¥10.00.")
    assert to_provider.recipients == (statement.provider_id,)
    assert to_provider.words().zh.endswith("贵方应收 ¥9.00。")
    assert {to_buyer.page, to_provider.page} == {f"/statements/{statement.id}"}


def test_the_operator_is_told_what_was_set_aside(database, deals):
    deals.executed(PER_CALL)
    payload = {"agreement_id": "agr_1", "period": "2026-11", "reason": "the totals are not proven"}

    with database.reading() as session:
        (telling,) = tell_parked(session, Fact("", "agr_1", "exchange", DECEMBER, payload))

    assert (telling.topic, len(telling.recipients), telling.page) == (Topic.BILLS, 1, "/deals/agr_1")
    assert "the totals are not proven" in telling.words().en
