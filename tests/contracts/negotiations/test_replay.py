"""The operator writes the log and holds its key; still the verifier finds a turn that nobody may take."""

import json

import pytest

from contracts.negotiations.service import end_negotiation
from exchange.core import canonical
from tests.factories.evidence import Evidence


@pytest.fixture
def negotiated(market):
    """Three rounds, accepted by the provider, signed."""
    negotiation = market.negotiations.countered(days=20)
    market.negotiations.accept(negotiation.id, by=market.grid_co)
    return Evidence(market)


def test_an_honest_negotiation_holds(negotiated):
    report = negotiated.verify()

    assert report.ok, report.findings
    assert (report.checked["negotiations"], report.checked["agreed terms"]) == (1, 1)


def test_a_draft_that_was_not_proposed_is_found(negotiated):
    negotiated.one("negotiation.accepted").payload["offer"]["days"] = 19

    assert "another draft is accepted" in negotiated.findings()


def test_a_changed_round_is_found(negotiated):
    negotiated.one("negotiation.countered").payload["offer"]["days"] = 19

    assert "another draft is accepted" in negotiated.findings()


def test_a_turn_out_of_order_is_found(negotiated):
    negotiated.one("negotiation.offered").payload["round"] = 5

    assert "round 5 follows round 1" in negotiated.findings()


def test_an_acceptance_by_the_side_that_proposed_is_found(negotiated):
    negotiated.one("negotiation.accepted").payload["role"] = "buyer"

    assert "acceptance by the buyer while the negotiation is countered" in negotiated.findings()


def test_an_answer_after_its_time_is_found(negotiated):
    negotiated.one("negotiation.countered").payload["expires_at"] = 1

    assert "answered after its time" in negotiated.findings()


def test_terms_that_say_something_else_than_the_draft_are_found(negotiated):
    """Even when the operator freezes and hashes them alike."""
    frozen = negotiated.one("agreement.frozen")
    terms = json.loads(frozen.payload["terms"])
    terms["billing"]["due_days"] += 1
    frozen.payload["terms"] = canonical.to_bytes(terms).decode()

    assert "something else than the accepted draft" in negotiated.findings()


def test_terms_with_another_contract_id_are_found(negotiated):
    negotiated.one("negotiation.accepted").payload["contract_id"] = "C" * 47

    assert "another contract id" in negotiated.findings()


def test_a_withdrawal_is_checked_too(market):
    negotiation = market.negotiations.offered()
    market.do(
        end_negotiation,
        actor=market.forecast_lab.actor,
        negotiation_id=negotiation.id,
        reason="no budget",
    )
    evidence = Evidence(market)

    assert evidence.verify().ok
    evidence.one("negotiation.ended").payload["outcome"] = "declined"
    assert "the turn of the provider is taken by somebody else" in evidence.findings()
