"""A suspension or delisting that stops deliveries stops them at the gate, from that instant, and for as long."""

from datetime import timedelta

import pytest

from contracts.deliveries.service import DeliveriesStopped
from exchange.core.events import find_events
from tests.factories.evidence import Evidence


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=50)


def told(market, agreement):
    events = market.read(find_events, [agreement.id], ["deliveries.halted", "deliveries.restarted"])
    return [event.type for event in events]


class TestStop:
    def test_refuses_the_next_delivery_and_spends_nothing(self, market, agreement):
        market.deliveries.deliver(agreement.id)
        market.suspended("stop_deliveries")

        with pytest.raises(DeliveriesStopped, match="stopped since 2026-11-24 04:00"):
            market.deliveries.deliver(agreement.id)
        meter = market.deliveries.meter(agreement.id)
        assert (meter.delivered_rows, meter.deliveries) == (10, 1)

    def test_refuses_a_repeated_request_of_before_too_until_it_ends(self, market, agreement):
        first = market.deliveries.deliver(agreement.id, request_id="page-1")
        market.suspended("stop_deliveries")

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id, request_id="page-1")
        market.resumed()
        assert market.deliveries.deliver(agreement.id, request_id="page-1").id == first.id

    def test_ends_with_the_resumption(self, market, agreement):
        market.suspended("stop_deliveries")
        market.resumed()

        assert market.deliveries.deliver(agreement.id).number == 1
        assert told(market, agreement) == ["deliveries.halted", "deliveries.restarted"]

    def test_ends_when_the_effect_is_softened(self, market, agreement):
        market.suspended("stop_deliveries")
        market.suspended("new_deals_only")

        assert market.deliveries.deliver(agreement.id).number == 1

    def test_holds_through_a_delisting(self, market, agreement):
        market.suspended("stop_deliveries")
        market.delisted("stop_deliveries")

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id)
        assert told(market, agreement) == ["deliveries.halted"]

    def test_holds_for_an_agreement_that_is_signed_later(self, market):
        agreement = market.agreements.frozen()
        market.suspended("stop_deliveries")
        market.agreements.sign(agreement, by=market.grid_co)
        market.agreements.sign(agreement, by=market.forecast_lab)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id)
        market.resumed()
        assert market.deliveries.deliver(agreement.id).number == 1

    def test_concerns_no_other_listing(self, market, agreement):
        first = market.listing_id
        market.listing_id = market.listed().listing_id
        market.suspended("stop_deliveries")
        market.listing_id = first

        assert market.deliveries.deliver(agreement.id).number == 1


class TestNewDealsOnly:
    @pytest.mark.parametrize("act", ["suspended", "delisted"])
    def test_leaves_running_agreements_alone(self, market, agreement, act):
        getattr(market, act)("new_deals_only")

        assert market.deliveries.deliver(agreement.id).number == 1
        assert told(market, agreement) == []

    def test_leaves_them_alone_after_the_listing_has_expired(self, market, agreement):
        market.decided(market.edited(valid_to="2026-11-24"))

        assert market.deliveries.deliver(agreement.id, now=market.now + timedelta(days=3)).number == 1


class TestEvidence:
    @pytest.fixture
    def evidence(self, market, agreement):
        """A delivery, a stop, a resumption, and a delivery again."""
        market.deliveries.deliver(agreement.id)
        market.suspended("stop_deliveries")
        market.resumed()
        market.deliveries.deliver(agreement.id)
        return Evidence(market)

    def test_of_an_honest_stop_holds(self, evidence):
        report = evidence.verify()

        assert report.ok, report.findings
        assert report.checked["halts of deliveries"] == 1

    def test_of_a_delivery_after_the_stop_is_a_finding(self, evidence):
        evidence.drop(evidence.one("deliveries.restarted"), evidence.one("listing.resumed"))

        assert "while deliveries under the agreement were stopped" in evidence.findings()

    def test_of_a_stop_that_was_not_carried_out_is_a_finding(self, evidence):
        evidence.drop(
            evidence.one("listing.resumed"),
            evidence.one("deliveries.halted"),
            evidence.one("deliveries.restarted"),
        )

        assert "the listing is stopped and its agreement is not" in evidence.findings()

    def test_of_a_halt_that_nobody_ordered_is_a_finding(self, evidence):
        evidence.drop(evidence.one("listing.suspended"))

        assert "though the listing was not stopped" in evidence.findings()

    def test_of_deliveries_let_go_on_under_a_stop_is_a_finding(self, evidence):
        evidence.drop(evidence.one("listing.resumed"))

        assert "let go on though the listing was stopped" in evidence.findings()
