"""Ends and orders meet deliveries and signatures at the same moment: there is an order, and it is kept."""

from datetime import timedelta

import pytest

from contracts.deliveries.service import AgreementNotInForce, DeliveriesStopped
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence


@pytest.mark.parametrize("attempt", range(3))
def test_deliveries_of_later_clocks_never_pass_an_end(market, at_once, attempt):
    """The nodes' clocks differ; the end lies after everything that was delivered, and nothing after it."""
    agreement = market.agreements.executed(max_rows=96)
    prepared = market.deliveries.prepared(agreement.id, page(1))
    later = [market.now + timedelta(milliseconds=number) for number in range(12)]

    outcomes = at_once(
        *[lambda at=at: market.deliveries.record(agreement.id, prepared, now=at) for at in later],
        lambda: market.lives.end(agreement, "order", by=market.regulator, order_no="2026-18"),
    )

    refused = [item for item in outcomes if isinstance(item, AgreementNotInForce)]
    records = market.deliveries.records(agreement.id)
    assert len(records) + len(refused) == 12
    assert all(record.recorded_at < outcomes[-1].ends_at for record in records)
    assert Evidence(market).findings() == ""


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("scope", ["agreement", "organisation"])
def test_a_signature_and_an_order_at_once_leave_no_open_meter(market, at_once, scope, attempt):
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.grid_co)
    subject = agreement.id if scope == "agreement" else market.grid_co.organisation_id

    outcomes = at_once(
        lambda: market.agreements.sign(agreement, by=market.forecast_lab),
        lambda: market.lives.suspend(subject),
    )

    assert not [item for item in outcomes if isinstance(item, BaseException)]
    with pytest.raises(DeliveriesStopped):
        market.deliveries.deliver(agreement.id)
    assert Evidence(market).findings() == ""


@pytest.mark.parametrize("attempt", range(3))
def test_a_signature_and_an_abandonment_at_once_have_an_order(market, at_once, attempt):
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.grid_co)

    outcomes = at_once(
        lambda: market.agreements.sign(agreement, by=market.forecast_lab),
        lambda: market.lives.step(agreement, "abandon", by=market.forecast_lab, grounds="no budget"),
    )

    assert sum(isinstance(item, BaseException) for item in outcomes) == 1
    assert Evidence(market).findings() == ""
