"""The exchange writes the log; a declaration that was dropped, changed or made up is found all the same."""

from datetime import timedelta

import pytest

from exchange.core.clock import to_millis
from settlement.runs import run_settlement
from tests.factories.evidence import Evidence


@pytest.fixture
def deal(market):
    return market.declarations.shared()


@pytest.fixture
def evidence(market, deal):
    """Three declarations for November, the last of them lower, and a statement over all of them."""
    for revenue_fen in (10_000, 50_000, 30_000):
        market.declarations.declare(deal.id, revenue_fen)
    run_settlement(market.context.database, period="2026-11", interim=True, now=market.now)
    return Evidence(market)


def declarations(evidence):
    return evidence.of_type("revenue.declared")


def test_an_honest_log_holds(evidence):
    report = evidence.verify()

    assert report.findings == []
    assert report.checked["declarations of revenue"] == 3
    assert report.checked["statements"] == 1


@pytest.mark.parametrize("dropped", [0, 1])
def test_a_dropped_declaration_leaves_a_gap(evidence, dropped):
    evidence.drop(declarations(evidence)[dropped])

    assert f"declaration {dropped + 2} follows declaration {dropped}" in evidence.findings()


def test_a_dropped_correction_shows_on_the_bill(evidence):
    """The last one leaves no gap; the statement and the run know it all the same."""
    evidence.drop(declarations(evidence)[2])

    found = evidence.findings()
    assert (
        "the declarations say {'before': None, 'after': {'declarations': 2, 'revenue_fen': 50000}}" in found
    )
    assert "amount_fen is 1500; the signed terms give 2500" in found
    assert "statements cover 30000 fen" in found


def test_a_dropped_declaration_and_its_statement_are_missed_by_the_others(evidence):
    evidence.drop(declarations(evidence)[2], evidence.one("statement.issued"))

    found = evidence.findings()
    assert "statements cover 0 fen of declaration 0" in found
    assert "never issued" in found


@pytest.mark.parametrize("revenue_fen", [0, 29_999, 10**12])
def test_a_changed_amount_is_found(evidence, revenue_fen):
    declarations(evidence)[2].payload["revenue_fen"] = revenue_fen

    assert "changes the revenue by -20000 fen" in evidence.findings()


def test_a_changed_amount_whose_change_fits_shows_on_the_bill(evidence):
    declarations(evidence)[2].payload |= {"revenue_fen": 90_000, "change_fen": 40_000}

    assert "amount_fen is 1500; the signed terms give 4500" in evidence.findings()


@pytest.mark.parametrize("revenue_fen", [-5, 10**13 + 1])
def test_an_amount_that_nobody_can_declare_is_found(evidence, revenue_fen):
    declarations(evidence)[0].payload |= {"revenue_fen": revenue_fen, "change_fen": revenue_fen}

    assert "Declared revenue is a whole number" in evidence.findings()


def test_a_doubled_declaration_is_found(evidence):
    evidence.repeat(declarations(evidence)[1])

    assert "declaration 2 follows declaration 2" in evidence.findings()


def test_declarations_in_another_order_are_found(evidence):
    first, second, _ = declarations(evidence)
    first.payload, second.payload = second.payload, first.payload

    assert "declaration 2 follows declaration 0" in evidence.findings()


@pytest.mark.parametrize("epoch", [2, 5])
def test_a_declaration_that_is_put_off_is_found(evidence, epoch):
    """Moved to a later epoch it would stay off the bill."""
    declarations(evidence)[2].payload["epoch"] = epoch

    found = evidence.findings()
    assert f"joins epoch {epoch} while 1 is open" in found
    assert "statements cover 30000 fen" in found


def test_a_declaration_that_joins_a_closed_epoch_is_found(market, deal, evidence):
    market.declarations.declare(deal.id, 40_000)
    late = Evidence(market)
    declarations(late)[3].payload["epoch"] = 1

    assert "joins epoch 1 while 2 is open" in late.findings()


@pytest.mark.parametrize("period", ["2026-10", "2027-06"])
def test_a_declaration_for_a_month_outside_the_agreement_is_found(evidence, period):
    declarations(evidence)[0].payload["period"] = period

    assert f"revenue was declared for {period}, outside the agreement's time" in evidence.findings()


def test_a_declaration_for_a_month_to_come_is_found(evidence):
    declarations(evidence)[0].payload["period"] = "2026-12"

    assert "revenue was declared for 2026-12, outside" in evidence.findings()


def test_a_declaration_by_the_provider_is_found(market, evidence):
    event = declarations(evidence)[1]
    event.entry = event.entry._replace(actor=market.grid_co.actor.person_id)

    assert "does not act for the buyer" in evidence.findings()


def test_a_declaration_under_another_deal_is_found(market, evidence):
    other = market.agreements.executed()
    rewritten = Evidence(market)
    declared = declarations(rewritten)[0]
    rewritten.drop(declared)
    declared.payload["agreement_id"] = other.id
    rewritten.events.append(declared)

    assert "without an agreement that shares it" in rewritten.findings()


def test_another_time_is_found(market, evidence):
    declarations(evidence)[0].payload["declared_at"] = to_millis(market.now - timedelta(days=1))

    assert "at another time than its event" in evidence.findings()


@pytest.mark.parametrize(
    "declared",
    [
        None,
        {"before": None, "after": {"declarations": 3, "revenue_fen": 20_000}},
        {
            "before": {"declarations": 0, "revenue_fen": 0},
            "after": {"declarations": 3, "revenue_fen": 30_000},
        },
    ],
)
def test_a_statement_that_says_otherwise_is_found(evidence, declared):
    evidence.one("statement.issued").payload["declared"] = declared

    assert "the statement says of the declared revenue" in evidence.findings()
