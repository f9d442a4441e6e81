"""The rate that terms set: so many deliveries in any 60 seconds, on any node, at any clock."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.deliveries.rate import RateExceeded, too_soon_ms
from tests.factories.evidence import Evidence


def deliver(market, agreement, second, **named):
    return market.deliveries.deliver(agreement.id, 1, now=market.now + timedelta(seconds=second), **named)


class TestGate:
    def test_refuses_what_comes_too_soon_and_says_when_to_come(self, market):
        agreement = market.agreements.executed(calls_per_minute=2)
        deliver(market, agreement, 0)
        deliver(market, agreement, 10)

        with pytest.raises(RateExceeded) as refusal:
            deliver(market, agreement, 45)

        assert refusal.value.context["retry_after_s"] == 15
        assert market.deliveries.meter(agreement.id).deliveries == 2

    def test_lets_each_one_go_when_the_one_that_many_before_is_a_minute_old(self, market):
        agreement = market.agreements.executed(calls_per_minute=2)

        for second in (0, 10, 60, 70, 120):
            deliver(market, agreement, second)

        with pytest.raises(RateExceeded):
            deliver(market, agreement, 121)
        assert Evidence(market).findings() == ""

    def test_answers_a_repeated_request_at_any_time(self, market):
        agreement = market.agreements.executed(calls_per_minute=1)
        first = deliver(market, agreement, 0, request_id="mine")

        assert deliver(market, agreement, 1, request_id="mine").id == first.id

    def test_gives_nothing_more_for_a_clock_that_is_set_back(self, market):
        agreement = market.agreements.executed(calls_per_minute=1)
        deliver(market, agreement, 30)

        with pytest.raises(RateExceeded):
            deliver(market, agreement, 20)

    def test_counts_each_agreement_for_itself(self, market):
        one, other = (market.agreements.executed(calls_per_minute=1) for _ in range(2))
        deliver(market, one, 0)
        deliver(market, other, 0)

        assert market.deliveries.meter(other.id).deliveries == 1

    def test_is_said_in_the_answer_of_the_api(self, market):
        agreement = market.agreements.executed(calls_per_minute=1)
        api = market.api(market.forecast_lab)
        assert api.get(f"/agreements/{agreement.id}/rows").status_code == 200

        answer = api.get(f"/agreements/{agreement.id}/rows")

        assert (answer.status_code, answer.json["code"]) == (429, "rate-exceeded")
        assert answer.headers["Retry-After"] == "60"


class TestEvidence:
    def test_shows_a_delivery_that_came_too_soon(self, market):
        agreement = market.agreements.executed(calls_per_minute=1)
        deliver(market, agreement, 0)
        deliver(market, agreement, 60)
        evidence = Evidence(market)
        last = evidence.of_type("delivery.recorded")[-1]
        last.payload["recorded_at"] -= 1

        assert "more deliveries were made in 60 seconds than the terms grant" in evidence.findings()


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_terms_grant(waits, granted):
    """The rule by number is the rule by window, whatever the pace of those who ask."""
    made, at = [], 0
    for wait in waits:
        at += wait * 1000
        if len(made) < granted or too_soon_ms(made[-granted], at) <= 0:
            made.append(at)

    for start in made:
        assert sum(start <= moment < start + 60_000 for moment in made) <= granted
