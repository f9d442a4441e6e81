"""A share of revenue from declaration to statement: nothing left out, nothing twice, whatever comes late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from exchange.core.jobs import run_job
from exchange.pricing import MAX_REVENUE_FEN, TaxTerms
from settlement import ledger
from settlement.runs import execution, run_settlement, service
from settlement.runs.jobs import SETTLE_CLOSED_PERIODS
from settlement.runs.queries import find_late_periods
from settlement.simulations.service import simulate_agreement
from settlement.statements.models import Statement
from settlement.statements.queries import find_declarations_behind, find_statements, get_statement
from tests.factories.evidence import Evidence

SHARE = {"model": "revenue_share", "share_bp": 1_000}
WITH_MINIMUM = {**SHARE, "minimum_micro": 5_000_000}
DECEMBER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def deal(market):
    return market.declarations.shared(plan=WITH_MINIMUM).id


@pytest.fixture
def declare(market, deal):
    def declare(revenue_fen, period="2026-11", **changes):
        return market.declarations.declare(deal, revenue_fen, period, **changes)

    return declare


@pytest.fixture
def settle(market):
    def settle(period="2026-11", *, interim=False, at=DECEMBER):
        return run_settlement(market.context.database, period=period, interim=interim, now=at)

    return settle


@pytest.fixture
def lines(market, deal):
    """The lines of each statement in the order of issue: key, quantity, amount."""

    def lines(agreement_id=deal):
        actor = market.operator.actor
        found = market.read(find_statements, actor=actor, agreement_id=agreement_id)
        return [
            [
                (line.key, line.quantity, line.amount_fen)
                for line in market.read(get_statement, item.id, actor=actor).lines
            ]
            for item in reversed(found)
        ]

    return lines


def amounts(market, agreement_id):
    with market.context.database.reading() as session:
        query = select(Statement).where(Statement.agreement_id == agreement_id).order_by(Statement.number)
        return [(row.period, row.amount_fen) for row in session.scalars(query)]


class TestMonth:
    def test_is_billed_by_what_is_declared_before_it_is_settled(self, declare, settle, lines):
        declare(123_456)
        settle()

        assert lines() == [[("declarations:model", 1, 0), ("revenue:share_bp", 123_456, 12_346)]]

    def test_without_a_declaration_says_so_and_costs_the_minimum(self, market, deal, settle, lines):
        report = settle()

        assert report.statements == 1
        assert lines() == [[("undeclared:model", 1, 0), ("period:minimum_micro", 1, 500)]]

    def test_without_a_declaration_or_a_minimum_has_its_statement_of_zero(self, market, settle, lines):
        deal = market.declarations.shared(plan=SHARE).id
        settle()

        assert lines(deal) == [[("undeclared:model", 1, 0)]]
        assert amounts(market, deal) == [("2026-11", 0)]

    def test_of_no_revenue_is_told_apart(self, market, settle, lines):
        deal = market.declarations.shared(plan=SHARE).id
        market.declarations.declare(deal, 0)
        settle()

        assert lines(deal) == [[("declarations:model", 1, 0)]]

    def test_that_runs_is_billed_so_far_and_then_the_difference(self, market, deal, declare, settle, lines):
        declare(10_000)
        settle(interim=True, at=market.now)
        declare(40_000)
        settle()

        assert lines()[1] == [("declarations:model", 1, 0), ("revenue:share_bp", 30_000, 3_000)]
        assert amounts(market, deal) == [("2026-11", 1_000), ("2026-11", 3_000)]

    def test_counts_what_was_declared_before_its_epoch_closed(self, market, deal, declare, settle):
        """A declaration for November made in December, before anybody settled November."""
        declare(20_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))

        assert amounts(market, deal) == [("2026-11", 2_000)]

    def test_lists_the_deliveries_that_the_share_pays_for(self, market, deal, declare, settle, lines):
        market.deliveries.deliver(deal, 7)
        declare(100_000)
        settle()

        assert ("rows:model", 7, 0) in lines()[0]

    def test_simulates_as_it_is_billed(self, market, deal, declare):
        declare(123_456)
        simulation = market.read(
            simulate_agreement,
            actor=market.forecast_lab.actor,
            agreement_id=deal,
            period="2026-11",
            plan=None,
            tax=TaxTerms(),
        )

        assert simulation.amount.gross_fen == 12_346


class TestLateRun:
    def test_bills_a_settled_month_by_the_difference(self, market, deal, declare, settle, lines):
        settle()
        declare(123_456, now=DECEMBER)
        report = settle(at=DECEMBER + timedelta(hours=1))

        assert (report.kind, report.statements) == ("late", 1)
        assert lines()[1] == [
            ("undeclared:model", -1, 0),
            ("declarations:model", 1, 0),
            ("revenue:share_bp", 123_456, 12_346),
            ("period:minimum_micro", -1, -500),
        ]
        assert amounts(market, deal) == [("2026-11", 500), ("2026-11", 11_846)]
        assert market.read(ledger.trial_balance_fen) == 0

    def test_credits_what_a_correction_takes_back(self, market, deal, declare, settle):
        declare(100_000)
        settle()
        declare(60_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))

        assert amounts(market, deal) == [("2026-11", 10_000), ("2026-11", -4_000)]
        assert market.read(ledger.trial_balance_fen) == 0

    def test_bills_the_last_month_of_an_agreement_that_is_over(self, market, settle):
        deal = market.declarations.shared(plan=SHARE, days=3).id
        settle()
        much_later = DECEMBER + timedelta(days=200)
        market.declarations.declare(deal, 50_000, now=much_later)
        settle(at=much_later)

        assert amounts(market, deal) == [("2026-11", 0), ("2026-11", 5_000)]

    def test_without_anything_new_makes_no_run(self, market, deal, declare, settle):
        declare(100_000)
        first = settle()

        assert settle(at=DECEMBER + timedelta(days=3)) == first
        assert len(amounts(market, deal)) == 1

    def test_leaves_the_other_deals_of_the_month_alone(self, market, deal, declare, settle):
        other = market.agreements.executed(days=60)
        market.deliveries.deliver(other.id, 30)
        settle()
        declare(100_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))

        assert len(amounts(market, other.id)) == 1

    def test_is_recomputed_offline_with_every_statement_before_it(self, market, deal, declare, settle):
        declare(1_000)
        settle(interim=True, at=market.now)
        settle()
        for day, revenue_fen in enumerate((70_000, 30_000), start=1):
            declare(revenue_fen, now=DECEMBER + timedelta(days=day))
            settle(at=DECEMBER + timedelta(days=day, hours=1))
        report = Evidence(market).verify()

        assert report.findings == []
        assert (report.checked["statements"], report.checked["settlement runs"]) == (3, 4)
        assert sum(fen for _, fen in amounts(market, deal)) == 3_000

    def test_before_the_regular_run_is_found_offline(self, market, deal, declare, settle):
        settle()
        declare(70_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))
        evidence = Evidence(market)
        regular, _ = evidence.of_type("settlement.run_finished")
        evidence.drop(regular)

        assert "which no regular run has ended" in evidence.findings()

    def test_that_left_a_declaration_out_is_found_offline(self, market, deal, declare, settle):
        settle()
        declare(70_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))
        evidence = Evidence(market)
        evidence.drop(
            evidence.of_type("statement.issued")[-1], evidence.of_type("ledger.transfer_posted")[-1]
        )

        assert "declaration 1 says 70000 fen for 2026-11" in evidence.findings()

    def test_that_was_killed_is_gone_on_with(self, market, deal, declare, settle, monkeypatch):
        class Killed(BaseException):
            """The process is gone: nothing catches this."""

        def killed(*_, **__):
            raise Killed

        settle()
        declare(70_000, now=DECEMBER)
        monkeypatch.setattr(service, "settle_item", killed)
        with pytest.raises(Killed):
            settle(at=DECEMBER + timedelta(hours=1))
        monkeypatch.undo()
        report = settle(at=DECEMBER + timedelta(hours=2))

        assert (report.kind, report.state, report.statements) == ("late", "done", 1)
        assert amounts(market, deal) == [("2026-11", 500), ("2026-11", 6_500)]


class TestJob:
    @pytest.fixture
    def tick(self, market, monkeypatch):
        def tick(at):
            monkeypatch.setattr("exchange.core.clock.now", lambda: at)
            run_job(SETTLE_CLOSED_PERIODS, market.context)

        return tick

    def test_bills_late_declarations_of_one_day_in_one_statement(self, market, deal, declare, tick):
        tick(DECEMBER)
        for revenue_fen in (100_000, 90_000):
            declare(revenue_fen, now=DECEMBER + timedelta(hours=1))
        tick(DECEMBER + timedelta(hours=2))
        assert amounts(market, deal) == [("2026-11", 500)]

        tick(DECEMBER + timedelta(days=1))
        tick(DECEMBER + timedelta(days=1, minutes=1))
        assert amounts(market, deal) == [("2026-11", 500), ("2026-11", 8_500)]

    def test_finds_only_settled_months_with_something_late(self, market, deal, declare, settle):
        settle()
        declare(1_000, now=DECEMBER)
        declare(1_000, "2026-12", now=DECEMBER)

        assert market.read(find_late_periods, now=DECEMBER) == []
        assert market.read(find_late_periods, now=DECEMBER + timedelta(days=1)) == ["2026-11"]
        settle(at=DECEMBER + timedelta(days=1))
        assert market.read(find_late_periods, now=DECEMBER + timedelta(days=2)) == []


class TestProof:
    @pytest.fixture
    def damaged(self, market, declare):
        """A declaration whose amount somebody changed past the triggers."""
        declare(70_000)
        _force(market, "UPDATE revenue_declarations SET revenue_fen = 1")

    def test_parks_a_deal_whose_declarations_do_not_add_up(self, deal, damaged, settle):
        [parked] = settle().parked

        assert parked.agreement_id == deal
        assert "says 1 fen in 1 declarations" in parked.error
        assert "add up to 70000 fen in 1 declarations" in parked.error

    def test_bills_it_once_when_it_is_mended_with_what_came_later(
        self, market, deal, damaged, declare, settle
    ):
        """The regular run parked it; a late run bills the whole month, and nothing of it twice."""
        settle()
        _force(market, "UPDATE revenue_declarations SET revenue_fen = 70000")
        declare(90_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))
        report = settle(at=DECEMBER + timedelta(hours=2))

        assert report.parked == ()
        assert sum(fen for _, fen in amounts(market, deal)) == 9_000
        assert Evidence(market).findings() == ""

    def test_a_late_run_that_overtakes_leaves_nothing_to_do(
        self, market, deal, damaged, declare, settle, monkeypatch
    ):
        """Mended between the retry of the parked ones and the late run, which bills all of it."""
        settle()
        monkeypatch.setattr(execution, "_retry_parked", lambda *_: None)
        _force(market, "UPDATE revenue_declarations SET revenue_fen = 70000")
        declare(90_000, now=DECEMBER)
        settle(at=DECEMBER + timedelta(hours=1))
        monkeypatch.undo()
        settle(at=DECEMBER + timedelta(hours=2))

        with market.context.database.reading() as session:
            states = session.execute(text("SELECT state FROM settlement_items")).scalars().all()
        assert states == ["done", "done"]
        assert amounts(market, deal) == [("2026-11", 9_000)]


class TestStatement:
    def test_names_the_declarations_behind_it(self, market, deal, declare, settle):
        declare(10_000)
        settle(interim=True, at=market.now)
        for revenue_fen in (20_000, 30_000):
            declare(revenue_fen)
        settle()

        newest, oldest = market.read(find_statements, actor=market.grid_co.actor, agreement_id=deal)
        behind = [
            [item.number for item in market.read(find_declarations_behind, statement)]
            for statement in (oldest, newest)
        ]
        assert behind == [[1], [2, 3]]
        assert newest.declared == {
            "before": {"declarations": 1, "revenue_fen": 10_000},
            "after": {"declarations": 3, "revenue_fen": 30_000},
        }

    @pytest.mark.parametrize("role", ["grid_co", "forecast_lab", "regulator"])
    def test_tells_both_parties_that_nothing_was_declared(self, market, deal, settle, role):
        settle()
        api = market.api(getattr(market, role))
        [listed] = api.get("/statements", agreement_id=deal).json
        shown = api.get(f"/statements/{listed['id']}").json

        assert shown["lines"][0]["description"] == "undeclared"
        assert shown["declared"]["after"] == {"declarations": 0, "revenue_fen": 0}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.integers(0, 300) | st.integers(0, MAX_REVENUE_FEN) | st.just("settle"), min_size=1, max_size=6
    ),
    share_bp=st.integers(1, 10_000),
    fee_bp=st.integers(0, 10_000),
)
def test_statements_of_any_cutting_add_up_to_the_last_declaration(market, steps, share_bp, fee_bp):
    """Declarations and runs in any order: the month costs what one statement at its end would have cost."""
    plan = {"model": "revenue_share", "share_bp": share_bp, "minimum_micro": 10_000}
    cut, uncut = (market.declarations.shared(plan=plan, platform_fee_bp=fee_bp).id for _ in range(2))
    for place, step in enumerate(steps):
        if step == "settle":
            at = market.now + timedelta(seconds=place)
            run_settlement(market.context.database, period="2026-11", interim=True, now=at)
        else:
            market.declarations.declare(cut, step)
    if told := [step for step in steps if step != "settle"]:
        market.declarations.declare(uncut, told[-1])
    run_settlement(market.context.database, period="2026-11", interim=True, now=market.now)

    for name in ("amount_fen", "fee_fen", "provider_fen"):
        with market.context.database.reading() as session:
            sums = [
                sum(session.scalars(select(getattr(Statement, name)).where(Statement.agreement_id == item)))
                for item in (cut, uncut)
            ]
        assert sums[0] == sums[1]
    if told:
        bill = max((told[-1] * share_bp + 5_000) // 10_000, 1)
        assert sum(fen for _, fen in amounts(market, cut)) == bill


def _force(market, statement):
    """As somebody does who is past the triggers that protect evidence."""
    is_sqlite = market.context.database.dialect == "sqlite"
    with market.context.database.writing() as session:
        session.execute(
            text(
                "DROP TRIGGER IF EXISTS revenue_declarations_no_update"
                if is_sqlite
                else "SET LOCAL session_replication_role = replica"
            )
        )
        session.execute(text(statement))
