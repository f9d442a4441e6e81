from itertools import product

import pytest

from contracts.negotiations.turns import DATASPACE_STATES, OPEN, TURNS, NegotiationState

#: After the Dataspace Protocol: (state, sender) -> the states that its message may lead to.
DATASPACE_TURNS = {
    ("REQUESTED", "provider"): {"OFFERED", "AGREED", "TERMINATED"},
    ("REQUESTED", "buyer"): {"TERMINATED"},
    # A buyer's acceptance is ACCEPTED, which the provider answers with AGREED at once.
    ("OFFERED", "buyer"): {"REQUESTED", "AGREED", "TERMINATED"},
    ("OFFERED", "provider"): {"TERMINATED"},
}


@pytest.mark.parametrize(("turn", "after"), TURNS.items())
def test_every_step_is_one_that_the_dataspace_protocol_knows(turn, after):
    state, _, role = turn
    if role == "exchange":
        assert DATASPACE_STATES[after] == "TERMINATED"
    else:
        assert DATASPACE_STATES[after] in DATASPACE_TURNS[DATASPACE_STATES[state], role]


def test_what_has_ended_takes_no_step():
    assert {state for state, _, _ in TURNS} == set(OPEN)
    assert set(DATASPACE_STATES) == set(NegotiationState)


def test_one_party_at_a_time_has_the_turn():
    """Ending apart, which both may at any time."""
    for state, (first, second) in product(OPEN, [("provider", "buyer")]):
        steps = {role for found, step, role in TURNS if found == state and step not in {"end", "expiry"}}
        assert steps in ({first}, {second})
