import pytest

from contracts.negotiations import queries
from contracts.negotiations.service import end_negotiation
from exchange.core.errors import NotPermitted, WrongState


def kinds(market, negotiation):
    return [item.kind for item in market.read(queries.find_rounds, negotiation.id)]


@pytest.mark.parametrize("attempt", range(3))
def test_an_offer_accepted_and_countered_at_once_has_one_answer(market, at_once, attempt):
    negotiation = market.negotiations.offered()

    outcomes = at_once(
        lambda: market.negotiations.accept(negotiation.id),
        lambda: market.negotiations.counter(negotiation.id, days=20),
    )

    assert sum(isinstance(outcome, WrongState | NotPermitted) for outcome in outcomes) == 1
    assert kinds(market, negotiation) in (
        ["request", "offer", "acceptance"],
        ["request", "offer", "counter_offer"],
    )


@pytest.mark.parametrize("attempt", range(3))
def test_an_offer_accepted_and_taken_back_at_once_has_one_end(market, at_once, attempt):
    negotiation = market.negotiations.offered()

    outcomes = at_once(
        lambda: market.negotiations.accept(negotiation.id),
        lambda: market.do(
            end_negotiation, actor=market.grid_co.actor, negotiation_id=negotiation.id, reason="sold"
        ),
    )

    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert len(kinds(market, negotiation)) == 3


def test_two_counter_offers_at_once_are_one_round(market, at_once):
    negotiation = market.negotiations.offered()

    outcomes = at_once(
        *(lambda days=days: market.negotiations.counter(negotiation.id, days=days) for days in (20, 21))
    )

    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert kinds(market, negotiation) == ["request", "offer", "counter_offer"]
