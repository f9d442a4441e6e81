"""An agreement that ends early is billed to its end and no further, and anybody can recompute that offline."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contracts.agreements import queries as agreements
from contracts.declarations.errors import MonthNotDeclarable
from exchange.core.errors import Invalid
from exchange.pricing import TaxTerms
from settlement.runs import run_settlement
from settlement.simulations.service import simulate_agreement
from settlement.statements.models import Statement
from tests.factories.evidence import Evidence

DAY = timedelta(days=1)
SUBSCRIPTION = {"model": "subscription", "fee_micro": 99_990_000}
SHARE = {"model": "revenue_share", "share_bp": 500}
#: Just after the ends of months in Shanghai.
DECEMBER, JANUARY, FEBRUARY = (
    datetime(2026, 11, 30, 16, 0, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC),
    datetime(2027, 1, 31, 16, 0, 1, tzinfo=UTC),
)


def executed(market, plan):
    """For 200 days at a price of its own; notice is 5 days."""
    market.listing_id = market.listed(
        price_plans=[{"code": "own", "title_zh": "价", "title_en": "price", "plan": plan}]
    ).listing_id
    return market.agreements.executed(days=200, changes={"change": {"notice_days": 5}})


def settled(market, *ends):
    for period, at in zip(("2026-11", "2026-12", "2027-01"), ends, strict=False):
        run_settlement(market.context.database, period=period, interim=False, now=at)
    return {
        item.period: item.amount_fen
        for item in market.read(lambda session: list(session.scalars(select(Statement))))
    }


def test_the_months_of_a_fee_stop_with_the_end(market):
    agreement = executed(market, SUBSCRIPTION)
    market.lives.end(agreement, by=market.forecast_lab, ends_at=DECEMBER + 10 * DAY)

    assert settled(market, DECEMBER, JANUARY, FEBRUARY) == {"2026-11": 9_999, "2026-12": 9_999}
    report = Evidence(market).verify()
    assert report.ok, report.findings


def test_an_end_at_the_end_of_a_month_leaves_the_next_one_without_a_statement(market):
    agreement = executed(market, SUBSCRIPTION)
    market.lives.end(agreement, by=market.forecast_lab, ends_at=DECEMBER - timedelta(seconds=1))

    assert settled(market, DECEMBER, JANUARY) == {"2026-11": 9_999}


def test_a_withdrawn_notice_brings_the_months_back(market):
    agreement = executed(market, SUBSCRIPTION)
    market.lives.end(agreement, by=market.forecast_lab)
    market.lives.step(agreement, "withdrawal", by=market.forecast_lab, withdraws=1)
    market.lives.step(agreement, "consent", by=market.grid_co, answers=2)

    assert settled(market, DECEMBER, JANUARY) == {"2026-11": 9_999, "2026-12": 9_999}
    assert Evidence(market).findings() == ""


def test_a_hidden_end_is_found_by_the_fee_that_is_missing(market):
    agreement = executed(market, SUBSCRIPTION)
    market.lives.end(agreement, by=market.forecast_lab, ends_at=DECEMBER - timedelta(seconds=1))
    settled(market, DECEMBER, JANUARY)
    evidence = Evidence(market)
    evidence.drop(evidence.one("agreement.step_taken"), evidence.one("agreement.end_moved"))

    assert "the fee of" in evidence.findings()


def test_revenue_is_declared_to_the_month_of_the_end(market):
    agreement = executed(market, SHARE)
    market.lives.end(agreement, by=market.forecast_lab, ends_at=DECEMBER + 10 * DAY)

    market.declarations.declare(agreement.id, 50_000, period="2026-12", now=JANUARY)
    with pytest.raises(MonthNotDeclarable):
        market.declarations.declare(agreement.id, 50_000, period="2027-01", now=FEBRUARY)


def test_a_month_after_the_end_is_not_simulated(market):
    agreement = executed(market, SUBSCRIPTION)
    market.lives.end(agreement, by=market.forecast_lab, ends_at=DECEMBER + 10 * DAY)

    with pytest.raises(Invalid, match="not in force in 2027-01"):
        market.read(
            simulate_agreement,
            actor=market.forecast_lab.actor,
            agreement_id=agreement.id,
            period="2027-01",
            plan=None,
            tax=TaxTerms(),
        )
    assert market.read(agreements.get_ends_at, agreement.id) == DECEMBER + 10 * DAY
