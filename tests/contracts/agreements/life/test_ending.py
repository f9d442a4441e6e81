"""An agreement ends early by notice, for breach, by consent or by order; exactly at the instant, without a job."""

from datetime import timedelta

import pytest

from contracts.agreements.life.errors import AgreementAbandoned, EndNotPermitted, StepNotPossible
from contracts.agreements.life.standing import LifeState
from contracts.agreements.life.steps import lapse
from contracts.deliveries.service import AgreementNotInForce
from exchange.core.errors import NotFound, NotPermitted
from tests.factories.evidence import Evidence

DAY = timedelta(days=1)
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def agreement(market):
    """For ninety days; its terms have 30 days of notice and 15 to cure a breach."""
    return market.agreements.executed(days=90)


class TestNotice:
    @pytest.mark.parametrize("party", ["grid_co", "forecast_lab"])
    def test_of_either_party_ends_it_after_the_agreed_days(self, market, agreement, party):
        course = market.lives.end(agreement, by=getattr(market, party))

        assert course.ends_at == market.now + 30 * DAY
        assert market.agreements.get(agreement.id).valid_until == course.ends_at
        assert market.deliveries.meter(agreement.id).valid_until == course.ends_at

    def test_lets_data_flow_to_the_last_instant_and_no_further(self, market, agreement):
        ends_at = market.lives.end(agreement, by=market.grid_co).ends_at

        market.deliveries.deliver(agreement.id, request_id="last", now=ends_at - INSTANT)
        with pytest.raises(AgreementNotInForce):
            market.deliveries.deliver(agreement.id, now=ends_at)
        with pytest.raises(AgreementNotInForce):
            market.deliveries.deliver(agreement.id, request_id="last", now=ends_at)
        assert market.lives.of(agreement, at=ends_at).state == LifeState.TERMINATED
        assert Evidence(market).findings() == ""

    def test_cannot_be_shorter_than_agreed(self, market, agreement):
        with pytest.raises(EndNotPermitted, match="notice is 30 days"):
            market.lives.end(agreement, by=market.grid_co, ends_at=market.now + 30 * DAY - INSTANT)

    def test_cannot_end_it_later_than_it_ends(self, market, agreement):
        with pytest.raises(EndNotPermitted, match="already"):
            market.lives.end(agreement, by=market.grid_co, ends_at=market.now + 90 * DAY)

    def test_is_for_the_parties(self, market, agreement):
        with pytest.raises(NotFound):
            market.lives.end(agreement, by=market.rival)
        with pytest.raises(NotPermitted):
            market.lives.end(agreement, by=market.regulator)

    def test_is_withdrawn_with_the_consent_of_the_other(self, market, agreement):
        market.lives.end(agreement, by=market.grid_co)
        market.lives.step(agreement, "withdrawal", by=market.grid_co, withdraws=1)
        course = market.lives.step(agreement, "consent", by=market.forecast_lab, answers=2)

        assert course.ends_at == agreement.valid_until
        assert market.deliveries.meter(agreement.id).valid_until == agreement.valid_until
        assert Evidence(market).findings() == ""

    def test_is_not_withdrawn_without_consent_nor_by_the_other(self, market, agreement):
        market.lives.end(agreement, by=market.grid_co)

        with pytest.raises(StepNotPossible):
            market.lives.step(agreement, "withdrawal", by=market.forecast_lab, withdraws=1)
        market.lives.step(agreement, "withdrawal", by=market.grid_co, withdraws=1)
        with pytest.raises(StepNotPossible, match="the other party"):
            market.lives.step(agreement, "consent", by=market.grid_co, answers=2)

    def test_is_not_withdrawn_after_its_date(self, market, agreement):
        ends_at = market.lives.end(agreement, by=market.grid_co).ends_at

        with pytest.raises(StepNotPossible, match="has ended"):
            market.lives.step(agreement, "withdrawal", by=market.grid_co, withdraws=1, now=ends_at)


class TestBreach:
    def test_ends_it_at_once_when_it_was_not_cured_in_time(self, market, agreement):
        market.lives.step(agreement, "cure", by=market.grid_co, grounds="passed on to a third party")
        later = market.now + 15 * DAY

        course = market.lives.end(agreement, "breach", by=market.grid_co, now=later)

        assert later <= course.ends_at <= later + DAY

    def test_has_to_wait_for_the_cure(self, market, agreement):
        market.lives.step(agreement, "cure", by=market.grid_co, grounds="passed on to a third party")

        with pytest.raises(EndNotPermitted, match="15 days to cure"):
            market.lives.end(agreement, "breach", by=market.grid_co, now=market.now + 15 * DAY - INSTANT)

    def test_is_not_ended_on_the_others_demand(self, market, agreement):
        market.lives.step(agreement, "cure", by=market.grid_co, grounds="passed on to a third party")

        with pytest.raises(EndNotPermitted):
            market.lives.end(agreement, "breach", by=market.forecast_lab, now=market.now + 20 * DAY)


class TestConsent:
    def test_ends_it_on_the_proposed_day(self, market, agreement):
        ends_at = market.now + 3 * DAY
        market.lives.end(agreement, "proposal", by=market.grid_co, ends_at=ends_at)
        assert market.deliveries.meter(agreement.id).valid_until == agreement.valid_until

        market.lives.step(agreement, "consent", by=market.forecast_lab, answers=1)

        assert market.deliveries.meter(agreement.id).valid_until == ends_at

    @pytest.mark.parametrize("party", ["grid_co", "forecast_lab"])
    def test_is_not_given_any_more_when_either_took_it_back(self, market, agreement, party):
        market.lives.end(agreement, "proposal", by=market.grid_co, ends_at=market.now + 3 * DAY)
        market.lives.step(agreement, "take_back", by=getattr(market, party), answers=1)

        with pytest.raises(StepNotPossible):
            market.lives.step(agreement, "consent", by=market.forecast_lab, answers=1)

    def test_comes_too_late_after_the_proposed_day(self, market, agreement):
        ends_at = market.now + 3 * DAY
        market.lives.end(agreement, "proposal", by=market.grid_co, ends_at=ends_at)

        with pytest.raises(EndNotPermitted):
            market.lives.step(
                agreement, "consent", by=market.forecast_lab, answers=1, now=ends_at + INSTANT
            )


class TestOrder:
    def test_ends_it_at_once_and_after_what_was_delivered(self, market, agreement):
        record = market.deliveries.deliver(agreement.id)

        course = market.lives.end(agreement, "order", by=market.regulator, order_no="2026-18")

        assert course.ends_at > record.recorded_at
        with pytest.raises(AgreementNotInForce):
            market.deliveries.deliver(agreement.id, now=course.ends_at)
        assert Evidence(market).findings() == ""


class TestUnsigned:
    def test_is_abandoned_by_either_party_and_not_signed_any_more(self, market):
        agreement = market.agreements.frozen()
        market.lives.step(agreement, "abandon", by=market.forecast_lab, grounds="no budget")

        with pytest.raises(AgreementAbandoned, match="gave it up"):
            market.agreements.sign(agreement, by=market.grid_co)
        assert market.lives.of(agreement).state == LifeState.TERMINATED

    def test_lapses_when_the_time_to_sign_has_passed(self, market):
        agreement = market.agreements.frozen()
        until = market.now + 14 * DAY

        early = market.do(lapse, agreement_id=agreement.id, until=until, now=until - INSTANT)
        late = [market.do(lapse, agreement_id=agreement.id, until=until, now=until) for _ in range(2)]

        assert [early, *late] == [False, True, False]
        assert market.lives.of(agreement).state == LifeState.EXPIRED
        with pytest.raises(AgreementAbandoned, match="not signed in time"):
            market.agreements.sign(agreement, by=market.grid_co)

    def test_signed_is_not_abandoned(self, market, agreement):
        with pytest.raises(StepNotPossible):
            market.lives.step(agreement, "abandon", by=market.grid_co, grounds="no budget")


class TestEvidence:
    @pytest.fixture
    def evidence(self, market, agreement):
        ends_at = market.lives.end(agreement, by=market.grid_co).ends_at
        market.deliveries.deliver(agreement.id, now=ends_at - DAY)
        return Evidence(market)

    def test_of_an_honest_end_holds(self, evidence):
        report = evidence.verify()

        assert report.ok, report.findings
        assert report.checked["moved ends"] == 1

    def test_of_a_delivery_after_the_end_is_a_finding(self, market, evidence):
        told = evidence.one("agreement.step_taken")
        evidence.events.remove(told)
        told.payload["content"]["ends_at"] -= 2 * 86_400_000

        # An earlier end, honestly moved, that the delivery passes over.
        told.entry = told.entry._replace(at_ms=told.entry.at_ms - 2 * 86_400_000)
        moved = evidence.one("agreement.end_moved")
        moved.payload["ends_at"] -= 2 * 86_400_000
        evidence.events.insert(evidence.events.index(moved), told)

        assert "outside the agreement's time" in evidence.findings()

    def test_of_a_notice_that_is_too_short_is_a_finding(self, evidence):
        evidence.one("agreement.step_taken").payload["content"]["ends_at"] -= 1

        assert "notice is 30 days" in evidence.findings()

    def test_of_an_end_that_nobody_set_is_a_finding(self, evidence):
        evidence.drop(evidence.one("agreement.step_taken"))

        assert "moved by no step" in evidence.findings()

    def test_of_an_end_that_was_not_moved_is_a_finding(self, evidence):
        evidence.drop(evidence.one("agreement.end_moved"))

        assert "its end was not moved" in evidence.findings()

    def test_of_a_step_by_a_stranger_is_a_finding(self, market, evidence):
        told = evidence.one("agreement.step_taken")
        told.entry = told.entry._replace(actor=market.rival.actor.person_id)

        assert "does not act for it" in evidence.findings()
