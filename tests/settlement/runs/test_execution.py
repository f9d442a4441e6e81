"""Settlement runs: every agreement billed once, whatever is repeated, late, racing or crashing."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from contracts.deliveries.models import MeterEpoch
from exchange.core.errors import Invalid, WrongState
from exchange.core.events import EventRow
from exchange.pricing import PricePlan, Quantities, quote
from settlement import ledger
from settlement.ledger.models import PostedTransfer
from settlement.runs import run_settlement, service
from settlement.runs.jobs import settle_closed_periods
from settlement.runs.queries import find_due_periods
from settlement.statements.models import Statement
from tests.settlement.deals import (
    BOUNDED_VOLUME,
    DECEMBER,
    NOVEMBER,
    PACKAGE,
    PER_CALL,
    PER_ROW,
    SUBSCRIPTION,
)


@pytest.fixture
def run(database):
    """Settle November: regularly, just after its end, unless told otherwise."""

    def settle(*, interim=False, at=None, period="2026-11"):
        now = at or (NOVEMBER if interim else DECEMBER)
        return run_settlement(database, period=period, interim=interim, now=now)

    return settle


@dataclass(frozen=True)
class Books:
    """Everything that a run may change, to be compared before and after."""

    statements: tuple
    transfers: int
    events: int
    epoch: int


def books_of(database):
    with database.reading() as session:
        statements = session.execute(
            select(Statement.id, Statement.number, Statement.amount_fen).order_by(Statement.number)
        )
        return Books(
            statements=tuple(map(tuple, statements)),
            transfers=session.scalar(select(func.count()).select_from(PostedTransfer)),
            events=session.scalar(select(func.count()).select_from(EventRow)),
            epoch=session.scalar(select(MeterEpoch.epoch)),
        )


def statements_of(database, agreement_id):
    with database.reading() as session:
        query = select(Statement).where(Statement.agreement_id == agreement_id).order_by(Statement.epoch)
        return list(session.scalars(query))


def total_of(plan, **quantities):
    lines = quote(PricePlan.from_json(plan), Quantities(**quantities, succeeded=quantities["calls"]))
    return sum(line.amount_fen for line in lines)


class TestRegularRun:
    def test_bills_what_was_delivered_and_books_it(self, database, deals, run):
        agreement_id = deals.executed(PER_ROW)
        deals.deliver(agreement_id, 1000, 234)

        report = run()

        [statement] = statements_of(database, agreement_id)
        assert (report.state, report.statements, report.parked) == ("done", 1, ())
        assert statement.number == "S2026-000001"
        assert statement.amount_fen == total_of(PER_ROW, rows=1234, calls=2)
        assert (statement.rows_after, statement.calls_after) == (1234, 2)
        with database.reading() as session:
            entries = {
                entry.purpose: entry.amount_fen
                for entry in ledger.entries_of(session, statement.transfer_id)
            }
            assert ledger.trial_balance_fen(session) == 0
        assert entries == {
            "buyer_receivable": statement.amount_fen,
            "provider_payable": -statement.provider_fen,
            "platform_fee_income": -statement.fee_fen,
        }

    def test_running_it_again_changes_nothing(self, database, deals, run):
        deals.deliver(deals.executed(), 1000)
        first, before = run(), books_of(database)

        again = run(at=DECEMBER + timedelta(days=3))

        assert again == first
        assert books_of(database) == before

    def test_period_that_has_not_ended_is_refused_with_its_end(self, run):
        with pytest.raises(WrongState, match="2026-12-01 00:00"):
            run(at=NOVEMBER)

    def test_what_is_no_month_is_refused(self, run):
        with pytest.raises(Invalid):
            run(period="2026-13")

    def test_numbers_have_no_gaps(self, database, deals, run):
        for _ in range(3):
            deals.deliver(deals.executed(), 1000)

        run()

        assert [number for _, number, _ in books_of(database).statements] == [
            "S2026-000001",
            "S2026-000002",
            "S2026-000003",
        ]

    def test_next_period_is_not_billed_with_this_one(self, database, deals, run):
        agreement_id = deals.executed()
        deals.deliver(agreement_id, 1000)
        deals.deliver(agreement_id, 500, at=DECEMBER)

        run(at=DECEMBER + timedelta(days=1))

        [statement] = statements_of(database, agreement_id)
        assert statement.rows_after == 1000

    def test_use_that_costs_nothing_has_a_statement_without_transfer(self, database, deals, run):
        agreement_id = deals.executed(PER_ROW)
        deals.deliver(agreement_id, 0, 7)

        run()

        [statement] = statements_of(database, agreement_id)
        assert (statement.amount_fen, statement.transfer_id, statement.calls_after) == (0, None, 2)


class TestSubscription:
    def test_fee_is_billed_without_any_use(self, database, deals, run):
        agreement_id = deals.executed(SUBSCRIPTION)

        run()

        [statement] = statements_of(database, agreement_id)
        assert statement.amount_fen == 9999

    def test_fee_is_billed_in_every_period_in_force_and_in_no_other(self, database, deals, run):
        agreement_id = deals.executed(SUBSCRIPTION, days=30)
        much_later = DECEMBER + timedelta(days=100)
        for period in ("2026-10", "2026-11", "2026-12", "2027-01"):
            run(period=period, at=much_later)

        periods = [statement.period for statement in statements_of(database, agreement_id)]
        assert periods == ["2026-11", "2026-12"]

    def test_fee_is_billed_once_for_interim_and_regular_run(self, database, deals, run):
        agreement_id = deals.executed(SUBSCRIPTION)
        interim = run(interim=True, at=NOVEMBER + timedelta(days=1))
        deals.deliver(agreement_id, 10, at=NOVEMBER + timedelta(days=2))
        run()

        assert interim.statements == 1
        assert [statement.amount_fen for statement in statements_of(database, agreement_id)] == [9999, 0]


class TestInterimRun:
    def test_regular_run_bills_the_difference(self, database, deals, run):
        agreement_id = deals.executed(PER_ROW)
        deals.deliver(agreement_id, 333)
        run(interim=True)
        deals.deliver(agreement_id, 334)
        run()

        statements = statements_of(database, agreement_id)
        assert sum(statement.amount_fen for statement in statements) == total_of(PER_ROW, rows=667, calls=2)
        assert statements[1].quantities_before == statements[0].quantities_after

    def test_nothing_new_changes_nothing_and_gives_the_last_report(self, database, deals, run):
        deals.deliver(deals.executed(), 333)
        first, before = run(interim=True), books_of(database)

        assert run(interim=True, at=NOVEMBER + timedelta(days=2)) == first
        assert books_of(database) == before

    def test_without_any_use_makes_no_run(self, database, deals, run):
        deals.executed(PER_ROW)

        assert run(interim=True).run_id is None

    def test_ended_period_is_refused(self, run):
        with pytest.raises(WrongState, match="to 2026-12-01 00:00"):
            run(interim=True, at=DECEMBER)

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        plan=st.sampled_from([PER_ROW, PER_CALL, SUBSCRIPTION, BOUNDED_VOLUME, PACKAGE]),
        fee_bp=st.integers(0, 10_000),
        cuts=st.lists(st.lists(st.integers(0, 400), max_size=2), min_size=1, max_size=4),
    )
    def test_statements_of_any_cutting_add_up_to_the_uncut_bill(self, database, deals, plan, fee_bp, cuts):
        """Fees too: the platform gains nothing by billing more often."""
        uncut, cut = deals.executed(plan, fee_bp=fee_bp), deals.executed(plan, fee_bp=fee_bp)
        for rows in cuts:
            deals.deliver(cut, *rows)
            run_settlement(database, period="2026-11", interim=True, now=NOVEMBER)
        everything = [count for rows in cuts for count in rows]
        deals.deliver(uncut, *everything)
        run_settlement(database, period="2026-11", interim=True, now=NOVEMBER + timedelta(seconds=1))

        for name in ("amount_fen", "fee_fen", "provider_fen"):
            sums = [
                sum(getattr(statement, name) for statement in statements_of(database, agreement_id))
                for agreement_id in (cut, uncut)
            ]
            assert sums[0] == sums[1]


class Killed(BaseException):
    """The process is gone: nothing catches this."""


def _raise_killed(*_, **__):
    raise Killed


class TestCrash:
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_next_call_bills_the_rest_once(self, database, deals, run, monkeypatch, place):
        agreements = sorted(deals.executed() for _ in range(3))
        for agreement_id in agreements:
            deals.deliver(agreement_id, 1000)
        settle_item = service.settle_item

        def settle_until_killed(session, *, agreement_id, **rest):
            settle_item(session, agreement_id=agreement_id, **rest)
            if agreement_id == agreements[place]:
                raise Killed

        monkeypatch.setattr(service, "settle_item", settle_until_killed)
        with pytest.raises(Killed):
            run()
        monkeypatch.undo()
        report = run()

        assert (report.state, report.statements) == ("done", 3)
        assert all(len(statements_of(database, agreement_id)) == 1 for agreement_id in agreements)
        assert books_of(database).epoch == 2

    def test_crash_before_the_end_is_gone_on_with(self, database, deals, run, monkeypatch):
        deals.deliver(deals.executed(), 1000)

        def killed(*_, **__):
            raise Killed

        monkeypatch.setattr(service, "finish_run", killed)
        with pytest.raises(Killed):
            run()
        monkeypatch.undo()

        assert run().state == "done"
        assert len(books_of(database).statements) == 1

    def test_crashed_interim_run_is_finished_before_the_regular_one(
        self, database, deals, run, monkeypatch
    ):
        agreement_id = deals.executed()
        deals.deliver(agreement_id, 300)
        monkeypatch.setattr(service, "settle_item", _raise_killed)
        with pytest.raises(Killed):
            run(interim=True)
        monkeypatch.undo()
        deals.deliver(agreement_id, 400)

        run()

        assert [statement.rows_after for statement in statements_of(database, agreement_id)] == [300, 700]

    def test_trouble_of_the_database_parks_nobody(self, database, deals, run, monkeypatch):
        deals.deliver(deals.executed(), 1000)

        def disk_full(*_, **__):
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))

        monkeypatch.setattr(service, "settle_item", disk_full)
        with pytest.raises(OperationalError):
            run()
        monkeypatch.undo()

        assert (run().statements, run().parked) == (1, ())


class TestParking:
    def test_unproven_totals_park_the_agreement_and_the_others_go_on(self, database, deals, run):
        damaged, sound = deals.executed(), deals.executed()
        for agreement_id in (damaged, sound):
            deals.deliver(agreement_id, 1000)
        _change_day_total(database, damaged, by=1)

        report = run()

        assert report.statements == 1
        [parked] = report.parked
        assert parked.agreement_id == damaged
        assert "1001 rows" in parked.error
        assert "1000 rows" in parked.error

    def test_lost_day_total_parks_the_agreement_too(self, database, deals, run):
        agreement_id = deals.executed()
        deals.deliver(agreement_id, 1000)
        with database.writing() as session:
            session.execute(text("DELETE FROM usage_days"))

        assert [item.agreement_id for item in run().parked] == [agreement_id]

    def test_parked_agreement_is_tried_again_by_the_next_call(self, database, deals, run):
        agreement_id = deals.executed()
        deals.deliver(agreement_id, 1000)
        _change_day_total(database, agreement_id, by=1)
        parked, before = run(), books_of(database)

        assert run() == parked
        assert books_of(database) == before
        _change_day_total(database, agreement_id, by=-1)
        assert (run().statements, run().parked) == (1, ())

    def test_parked_agreement_with_nothing_new_needs_no_statement(self, database, deals, run):
        agreement_id = deals.executed()
        deals.deliver(agreement_id, 1000)
        run(interim=True)
        _change_day_total(database, agreement_id, by=1)
        assert [item.agreement_id for item in run().parked] == [agreement_id]
        _change_day_total(database, agreement_id, by=-1)

        assert run().parked == ()
        assert len(statements_of(database, agreement_id)) == 1

    def test_unforeseen_failure_parks_only_its_agreement(self, database, deals, run, monkeypatch):
        bad, good = deals.executed(), deals.executed()
        for agreement_id in (bad, good):
            deals.deliver(agreement_id, 1000)
        settle_item = service.settle_item

        def stumble(session, *, agreement_id, **rest):
            settle_item(session, agreement_id=agreement_id, **rest)
            if agreement_id == bad:
                raise KeyError("tax")

        monkeypatch.setattr(service, "settle_item", stumble)
        report = run()

        assert [(item.agreement_id, item.error) for item in report.parked] == [(bad, "KeyError: 'tax'")]
        assert statements_of(database, bad) == []
        assert len(statements_of(database, good)) == 1

    def test_broken_constraint_parks_the_agreement(self, deals, run, monkeypatch):
        deals.deliver(deals.executed(), 1000)

        def refused(*_, **__):
            raise IntegrityError("INSERT", {}, Exception("CHECK constraint failed: ck_statements_split"))

        monkeypatch.setattr(service, "settle_item", refused)

        assert "ck_statements_split" in run().parked[0].error


def _change_day_total(database, agreement_id, *, by):
    with database.writing() as session:
        session.execute(
            text("UPDATE usage_days SET rows = rows + :by WHERE agreement_id = :agreement_id"),
            {"by": by, "agreement_id": agreement_id},
        )


class TestRaces:
    @pytest.mark.parametrize("interim", [False, True])
    def test_runs_at_once_give_the_same_statements_once(self, database, deals, run, interim):
        for _ in range(4):
            deals.deliver(deals.executed(), 1000)
        reports, gate = [], threading.Barrier(4)

        def race():
            gate.wait()
            reports.append(run(interim=interim))

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(reports) == 4
        assert len(set(reports)) == 1
        assert reports[0].statements == 4
        assert len(books_of(database).statements) == 4
        assert books_of(database).epoch == 2


class TestJob:
    def test_due_are_ended_periods_in_force_without_a_done_run(self, database, deals, run):
        deals.executed(days=40)
        later = DECEMBER + timedelta(days=70)
        run()

        with database.reading() as session:
            assert find_due_periods(session, now=NOVEMBER) == []
            assert find_due_periods(session, now=later) == ["2026-12"]

    def test_job_settles_what_is_due(self, context, database, deals, monkeypatch):
        deals.deliver(deals.executed(), 1000)
        monkeypatch.setattr("exchange.core.clock.now", lambda: DECEMBER)

        settle_closed_periods(context)
        settle_closed_periods(context)

        assert len(books_of(database).statements) == 1
