"""A suspension by order stops every delivery at once, beside what the listing stops, and its authority lifts it."""

from datetime import timedelta

import pytest

from contracts.agreements.life.errors import OrderNotStanding, OrderNotYours
from contracts.agreements.life.standing import LifeState
from contracts.deliveries.service import DeliveriesStopped
from exchange.core.errors import Invalid, NotFound, NotPermitted
from tests.factories.evidence import Evidence


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=200)


class TestOrder:
    def test_stops_the_agreement_at_once_and_names_the_order_as_the_reason(self, market, agreement):
        market.lives.suspend(agreement.id)

        with pytest.raises(DeliveriesStopped, match="an authority has ordered it"):
            market.deliveries.deliver(agreement.id)
        assert market.lives.of(agreement).state == LifeState.SUSPENDED

    def test_refuses_a_repeated_request_too(self, market, agreement):
        market.deliveries.deliver(agreement.id, request_id="page-1")
        market.lives.suspend(agreement.id)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id, request_id="page-1")

    @pytest.mark.parametrize("side", ["grid_co", "forecast_lab"])
    def test_over_an_organisation_stops_its_agreements_on_either_side(self, market, agreement, side):
        market.lives.suspend(getattr(market, side).organisation_id)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id)

    def test_over_another_organisation_stops_nothing(self, market, agreement):
        market.lives.suspend(market.rival.organisation_id)

        assert market.deliveries.deliver(agreement.id).number == 1

    def test_over_an_organisation_holds_what_is_signed_later(self, market):
        agreement = market.agreements.frozen()
        market.lives.suspend(market.forecast_lab.organisation_id)
        market.agreements.sign(agreement, by=market.grid_co)
        market.agreements.sign(agreement, by=market.forecast_lab)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id)
        assert Evidence(market).findings() == ""

    def test_ends_by_itself_without_a_job(self, market, agreement):
        until = market.now + timedelta(hours=2)
        market.lives.suspend(agreement.id, until=until)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id, now=until - timedelta(milliseconds=1))
        assert market.deliveries.deliver(agreement.id, now=until).number == 1
        assert market.lives.of(agreement, at=until).holds == []

    def test_of_a_regulator_has_a_number(self, market, agreement):
        with pytest.raises(Invalid) as refused:
            market.lives.suspend(agreement.id, order_no="")

        assert refused.value.field == "order_no"

    def test_does_not_end_in_the_past(self, market, agreement):
        with pytest.raises(Invalid) as refused:
            market.lives.suspend(agreement.id, until=market.now)

        assert refused.value.field == "until"

    @pytest.mark.parametrize("party", ["grid_co", "forecast_lab", "rival"])
    def test_is_given_by_no_party(self, market, agreement, party):
        with pytest.raises(NotPermitted):
            market.lives.suspend(agreement.id, by=getattr(market, party))

    def test_concerns_something_that_is_there(self, market):
        with pytest.raises(NotFound):
            market.lives.suspend("agr_nothing")


class TestLifting:
    def test_lets_deliveries_go_on(self, market, agreement):
        order = market.lives.suspend(agreement.id)
        market.lives.lift(order.id)

        assert market.deliveries.deliver(agreement.id).number == 1

    def test_is_for_the_authority_that_ordered(self, market, agreement):
        order = market.lives.suspend(agreement.id)

        with pytest.raises(OrderNotYours):
            market.lives.lift(order.id, by=market.operator)

    def test_again_changes_nothing(self, market, agreement):
        order = market.lives.suspend(agreement.id)
        first = market.lives.lift(order.id)

        assert market.lives.lift(order.id).lifted_at == first.lifted_at

    def test_of_an_order_that_has_ended_is_refused(self, market, agreement):
        until = market.now + timedelta(hours=1)
        order = market.lives.suspend(agreement.id, until=until)

        with pytest.raises(OrderNotStanding):
            market.lives.lift(order.id, now=until)

    def test_leaves_the_stop_of_the_listing(self, market, agreement):
        market.suspended("stop_deliveries")
        order = market.lives.suspend(agreement.id)
        market.lives.lift(order.id)

        with pytest.raises(DeliveriesStopped, match="the listing is suspended"):
            market.deliveries.deliver(agreement.id)

    def test_leaves_another_order(self, market, agreement):
        first = market.lives.suspend(agreement.id)
        market.lives.suspend(agreement.id, by=market.operator, order_no="")
        market.lives.lift(first.id)

        with pytest.raises(DeliveriesStopped):
            market.deliveries.deliver(agreement.id)

    def test_of_the_listing_leaves_the_order(self, market, agreement):
        market.suspended("stop_deliveries")
        market.lives.suspend(agreement.id)
        market.resumed()

        with pytest.raises(DeliveriesStopped, match="an authority"):
            market.deliveries.deliver(agreement.id)


class TestEvidence:
    @pytest.fixture
    def evidence(self, market, agreement):
        """A delivery, an order, its lifting, and a delivery again."""
        market.deliveries.deliver(agreement.id)
        market.lives.lift(market.lives.suspend(agreement.id).id)
        market.deliveries.deliver(agreement.id)
        return Evidence(market)

    def test_of_an_honest_order_holds(self, evidence):
        report = evidence.verify()

        assert report.ok, report.findings
        assert report.checked["suspensions by order"] == 1

    def test_of_a_delivery_during_the_suspension_is_a_finding(self, evidence):
        evidence.drop(evidence.one("deliveries.restarted"), evidence.one("suspension.lifted"))

        assert "while deliveries under the agreement were stopped" in evidence.findings()

    def test_of_an_order_that_was_not_carried_out_is_a_finding(self, evidence):
        evidence.drop(
            evidence.one("suspension.lifted"),
            evidence.one("deliveries.halted"),
            evidence.one("deliveries.restarted"),
        )

        assert "an order stands and its agreement is not stopped" in evidence.findings()

    def test_of_a_halt_without_an_order_is_a_finding(self, evidence):
        evidence.drop(evidence.one("suspension.ordered"))

        assert "no order stood over the agreement" in evidence.findings()

    def test_of_an_order_by_a_party_is_a_finding(self, market, evidence):
        told = evidence.one("suspension.ordered")
        told.entry = told.entry._replace(actor=market.grid_co.actor.person_id)

        assert "by somebody who is no such authority" in evidence.findings()

    def test_of_a_lifting_by_another_authority_is_a_finding(self, market, evidence):
        told = evidence.one("suspension.lifted")
        told.entry = told.entry._replace(actor=market.operator.actor.person_id)

        assert "by another authority" in evidence.findings()
