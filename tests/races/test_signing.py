import pytest

from contracts.agreements import queries
from contracts.agreements.service import AlreadySigned
from exchange.core.events import find_events
from exchange.trust import jws


def executions(market, agreement):
    return market.read(find_events, [agreement.id], ["agreement.executed"])


@pytest.mark.parametrize("attempt", range(3))
def test_two_parties_signing_at_the_same_moment_execute_exactly_once(market, at_once, attempt):
    agreement = market.agreements.frozen()

    at_once(
        *(
            lambda who=who: market.agreements.sign(agreement, by=who)
            for who in (market.grid_co, market.forecast_lab)
        )
    )

    assert market.agreements.get(agreement.id).state == "active"
    assert len(executions(market, agreement)) == 1


def test_a_signature_sent_many_times_at_once_is_one_signature(market, at_once):
    agreement = market.agreements.frozen()
    signature = market.agreements.signature(agreement, by=market.grid_co)

    def sign():
        return market.agreements.sign(agreement, by=market.grid_co, signature=signature).state

    assert set(at_once(*[sign] * 8)) == {"awaiting_signatures"}
    assert len(market.read(find_events, [agreement.id], ["agreement.signed"])) == 1


def test_of_two_different_signatures_of_one_party_one_stands(market, at_once):
    agreement = market.agreements.frozen()

    def sign(issued_at):
        signature = jws.sign(
            agreement.terms,
            market.grid_co.key,
            typ="wdx-contract+jws",
            role="provider",
            issued_at=issued_at,
        )
        return market.agreements.sign(agreement, by=market.grid_co, signature=signature)

    outcomes = at_once(*(lambda at=at: sign(at) for at in (1, 2)))

    assert sum(isinstance(outcome, AlreadySigned) for outcome in outcomes) == 1
    assert len(market.read(queries.signatures_of, agreement.id)) == 1
