"""A listing is stopped while its data are being delivered: nothing leaves after the stop, and nothing is lost."""

import pytest

from contracts.deliveries.service import DeliveriesStopped
from exchange.catalogue.errors import ListingNotOnOffer
from exchange.core.errors import DomainError
from exchange.core.events import find_events
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence


@pytest.mark.parametrize("attempt", range(3))
def test_deliveries_and_a_stop_at_once_end_with_the_stop(market, at_once, attempt):
    agreement = market.agreements.executed(max_rows=96)
    prepared = market.deliveries.prepared(agreement.id, page(1))

    outcomes = at_once(
        *[lambda: market.deliveries.record(agreement.id, prepared)] * 12,
        lambda: market.suspended("stop_deliveries"),
    )

    refused = sum(isinstance(outcome, DeliveriesStopped) for outcome in outcomes)
    records = market.deliveries.records(agreement.id)
    assert len(records) + refused == 12
    assert market.deliveries.meter(agreement.id).deliveries == len(records)
    with pytest.raises(DeliveriesStopped):
        market.deliveries.deliver(agreement.id)
    assert Evidence(market).findings() == ""


@pytest.mark.parametrize("attempt", range(3))
def test_a_signature_and_a_stop_at_once_leave_no_open_meter(market, at_once, attempt):
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.grid_co)

    outcomes = at_once(
        lambda: market.agreements.sign(agreement, by=market.forecast_lab),
        lambda: market.suspended("stop_deliveries"),
    )

    assert not [item for item in outcomes if isinstance(item, BaseException)]
    assert market.deliveries.meter(agreement.id).stopped_at is not None
    assert Evidence(market).findings() == ""


@pytest.mark.parametrize("attempt", range(3))
def test_an_acceptance_and_a_suspension_at_once_have_an_order(market, at_once, attempt):
    negotiation = market.negotiations.offered()

    outcomes = at_once(lambda: market.negotiations.accept(negotiation.id), market.suspended)

    accepted = market.read(find_events, [negotiation.id], ["negotiation.accepted"])
    assert len(accepted) + sum(isinstance(item, ListingNotOnOffer) for item in outcomes) == 1
    assert all(isinstance(item, DomainError) or not isinstance(item, BaseException) for item in outcomes)
