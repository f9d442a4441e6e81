"""Issuing statements: once per epoch, forwards only, numbered by year, fees that add up."""

from datetime import UTC, datetime

import pytest

from contracts import agreements
from exchange.pricing import Quantities, Usage
from settlement.metering import Billable
from settlement.statements.calculation import calculate_bill
from settlement.statements.service import PeriodBilledFurther, issue_statement
from tests.settlement.deals import DECEMBER, PER_CALL

NEW_YEAR_IN_SHANGHAI = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def used_calls(calls):
    return Billable(Usage(Quantities(calls=calls, succeeded=calls)))


@pytest.fixture
def issue(database, deals):
    """Bill so many calls of one agreement, at half a yuan each."""
    agreement_id = deals.executed(PER_CALL, fee_bp=333)

    def issue_calls(calls, *, epoch, now=DECEMBER):
        return database.write(
            lambda session: issue_statement(
                session,
                agreement_id=agreement_id,
                period="2026-11",
                epoch=epoch,
                used=used_calls(calls),
                now=now,
            )
        )

    return issue_calls


class TestIssueStatement:
    def test_same_epoch_gives_the_statement_that_is_there(self, issue):
        assert issue(5, epoch=1).id == issue(5, epoch=1).id

    def test_epoch_behind_a_later_one_is_refused(self, issue):
        issue(5, epoch=2)

        with pytest.raises(PeriodBilledFurther, match="S2026-000001"):
            issue(4, epoch=1)

    def test_nothing_changed_needs_no_statement(self, issue):
        issue(5, epoch=1)

        assert issue(5, epoch=2) is None

    def test_numbers_begin_anew_with_the_year_in_shanghai(self, issue):
        numbers = [
            issue(1, epoch=1).number,
            issue(2, epoch=2).number,
            issue(3, epoch=3, now=NEW_YEAR_IN_SHANGHAI).number,
        ]

        assert numbers == ["S2026-000001", "S2026-000002", "S2027-000001"]

    def test_a_correction_gives_back_what_was_charged(self, issue):
        charged, credited = issue(7, epoch=1), issue(0, epoch=2)

        for name in ("amount_fen", "fee_fen", "provider_fen"):
            assert getattr(charged, name) == -getattr(credited, name)

    def test_fee_is_the_difference_of_cumulative_fees(self, database, deals):
        """0.50 yuan at 3.33 % is 1.665 fen: rounded alone each call would cost the provider 2 fen."""
        agreement_id = deals.executed(PER_CALL, fee_bp=333)
        with database.reading() as session:
            terms = agreements.get_terms(session, agreement_id)
        fees, charged_fen = [], 0
        for calls in range(1, 7):
            bill = calculate_bill(
                terms,
                before=used_calls(calls - 1).usage,
                used=used_calls(calls),
                charged_before_fen=charged_fen,
            )
            fees.append(bill.fee_fen)
            charged_fen += bill.amount_fen

        assert sum(fees) == 10
        assert set(fees) == {1, 2}
