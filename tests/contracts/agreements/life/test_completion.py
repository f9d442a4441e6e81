"""The provider declares the handover, the buyer answers, and the end of the agreement says how it went."""

from datetime import timedelta

import pytest

from contracts.agreements.life.errors import StepNotPossible
from contracts.agreements.life.standing import LifeState
from contracts.terms import Terms
from exchange.core.errors import NotPermitted
from exchange.trust import SignatureInvalid
from tests.factories.evidence import Evidence

DAY = timedelta(days=1)


def agreed(market, completion="available", **acceptance):
    terms = {"delivery": {"completion": completion}, "acceptance": acceptance}
    return market.agreements.executed(changes={name: value for name, value in terms.items() if value})


def agreement_rows(agreement) -> int:
    return Terms.read(agreement.terms).document["subject"]["rows"]


class TestHandover:
    def test_is_accepted_by_the_buyer_and_then_the_end_is_a_completion(self, market):
        agreement = agreed(market)
        market.lives.step(agreement, "handover", by=market.grid_co)
        market.lives.step(agreement, "accept", by=market.forecast_lab)

        assert market.lives.of(agreement).state != LifeState.COMPLETED
        assert market.lives.of(agreement, at=agreement.valid_until).state == LifeState.COMPLETED

    def test_is_not_accepted_by_use(self, market):
        agreement = agreed(market)
        market.lives.step(agreement, "handover", by=market.grid_co)
        market.deliveries.deliver(agreement.id)

        assert market.lives.of(agreement, at=agreement.valid_until).state == LifeState.EXPIRED

    @pytest.mark.parametrize("silent", [True, False])
    def test_is_accepted_by_silence_only_where_the_terms_say_so(self, market, silent):
        agreement = agreed(market, silent=silent, days=7)
        market.lives.step(agreement, "handover", by=market.grid_co)

        assert not market.lives.of(agreement, at=market.now + 7 * DAY - timedelta(seconds=1)).is_accepted
        assert market.lives.of(agreement, at=market.now + 7 * DAY).is_accepted is silent

    def test_is_objected_to_within_the_agreed_days(self, market):
        agreement = agreed(market, days=7)
        market.lives.step(agreement, "handover", by=market.grid_co)

        with pytest.raises(StepNotPossible, match="7 days"):
            market.lives.step(
                agreement, "object", by=market.forecast_lab, grounds="gaps", now=market.now + 7 * DAY
            )

    def test_is_repeated_after_an_objection_as_often_as_agreed(self, market):
        agreement = agreed(market, redeliveries=1)
        for _ in range(2):
            market.lives.step(agreement, "handover", by=market.grid_co)
            market.lives.step(agreement, "object", by=market.forecast_lab, grounds="gaps in May")

        with pytest.raises(StepNotPossible, match="2 times"):
            market.lives.step(agreement, "handover", by=market.grid_co)
        assert market.lives.of(agreement).course.handovers == 2

    @pytest.mark.parametrize(
        ("completion", "needs"), [("first_delivery", "first delivery"), ("all_rows", "all")]
    )
    def test_is_complete_when_the_terms_say_so(self, market, completion, needs):
        agreement = agreed(market, completion)

        with pytest.raises(StepNotPossible, match=needs):
            market.lives.step(agreement, "handover", by=market.grid_co)
        market.deliveries.deliver(agreement.id, rows=agreement_rows(agreement))
        market.lives.step(agreement, "handover", by=market.grid_co)
        assert Evidence(market).findings() == ""

    def test_is_not_declared_by_the_buyer(self, market):
        with pytest.raises(NotPermitted):
            market.lives.step(agreed(market), "handover", by=market.forecast_lab)

    def test_that_names_another_use_is_a_finding(self, market):
        market.lives.step(agreed(market), "handover", by=market.grid_co)
        evidence = Evidence(market)
        evidence.one("agreement.step_taken").payload["content"]["rows"] = 9

        assert "the handover names another use" in evidence.findings()


class TestDispute:
    def test_is_a_flag_that_changes_no_state_and_stops_nothing(self, market):
        agreement = market.agreements.executed()
        before = market.lives.of(agreement).state
        market.lives.step(agreement, "dispute", by=market.forecast_lab, grounds="wrong unit")

        assert market.lives.of(agreement).is_disputed
        assert market.lives.of(agreement).state == before
        assert market.deliveries.deliver(agreement.id).number == 1

    def test_is_withdrawn_by_who_raised_it(self, market):
        agreement = market.agreements.executed()
        market.lives.step(agreement, "dispute", by=market.forecast_lab, grounds="wrong unit")

        with pytest.raises(StepNotPossible):
            market.lives.step(agreement, "settle", by=market.grid_co, grounds="we agree")
        market.lives.step(agreement, "settle", by=market.forecast_lab, grounds="explained")
        assert not market.lives.of(agreement).is_disputed


class TestDestruction:
    @pytest.fixture
    def ended(self, market):
        return market.agreements.executed()

    @pytest.fixture
    def after(self, ended):
        return ended.valid_until + DAY

    def test_is_confirmed_with_the_buyers_own_signature(self, market, ended, after):
        market.lives.destroyed(ended, now=after)

        assert market.lives.of(ended, at=after).course.destroyed is not None
        report = Evidence(market).verify()
        assert report.ok, report.findings
        assert report.checked["confirmations of destruction"] == 1

    def test_is_overdue_after_the_agreed_days(self, market, ended):
        due = ended.valid_until + 30 * DAY

        assert not market.lives.of(ended, at=due - timedelta(seconds=1)).is_destruction_overdue
        assert market.lives.of(ended, at=due).is_destruction_overdue
        market.lives.destroyed(ended, now=due)
        assert not market.lives.of(ended, at=due).is_destruction_overdue

    def test_is_not_confirmed_before_the_end(self, market, ended):
        with pytest.raises(StepNotPossible, match="in force until"):
            market.lives.destroyed(ended, now=ended.valid_until - timedelta(seconds=1))

    def test_is_refused_when_something_else_was_signed(self, market, ended, after):
        with pytest.raises(SignatureInvalid):
            market.lives.destroyed(ended, now=after, statement="some copies are left")

    def test_changed_afterwards_is_a_finding(self, market, ended, after):
        market.lives.destroyed(ended, now=after)
        evidence = Evidence(market)
        evidence.one("agreement.step_taken").payload["content"]["method"] = "kept"

        assert "signature" in evidence.findings()
