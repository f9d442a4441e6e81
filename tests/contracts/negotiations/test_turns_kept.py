"""The service lets through exactly the turns of the table, and a refused one changes nothing."""

from itertools import product

import pytest

from contracts.negotiations import queries, service
from contracts.negotiations.rounds import HouseRules
from contracts.negotiations.turns import TURNS, NegotiationState
from exchange.core.errors import NotFound, NotPermitted, WrongState

STEPS = ("offer", "counter_offer", "acceptance", "end")
MEMBERS = {"provider": "grid_co", "buyer": "forecast_lab", "stranger": "rival", "operator": "operator"}


def brought_to(market, state):
    """A negotiation in the state."""
    make = market.negotiations
    if state in {"requested", "offered", "countered", "agreed"}:
        return getattr(make, state)()
    negotiation = make.offered()
    if state == "expired":
        market.do(service.expire_negotiation, negotiation_id=negotiation.id, now=negotiation.expires_at)
    else:
        by = market.grid_co if state == "declined" else market.forecast_lab
        take(market, negotiation, "end", by)
    return negotiation


def take(market, negotiation, step, member):
    named = {"actor": member.actor, "negotiation_id": negotiation.id}
    if step == "end":
        return market.do(service.end_negotiation, reason="no budget", **named)
    if step == "acceptance":
        return market.do(service.accept_offer, house=HouseRules(), **named)
    verb = service.offer_terms if step == "offer" else service.counter_offer
    return market.do(verb, changes={"days": 21}, house=HouseRules(), **named)


@pytest.mark.parametrize("state", NegotiationState)
def test_every_step_by_everybody_is_in_the_table_or_refused(market, state):
    for step, role in product(STEPS, MEMBERS):
        negotiation = brought_to(market, state)
        rounds = len(market.read(queries.find_rounds, negotiation.id))
        after = TURNS.get((state, step, role))
        if (state, step) == ("agreed", "acceptance") and role in {"provider", "buyer"}:
            after = state  # sent again, which changes nothing
        try:
            taken = take(market, negotiation, step, getattr(market, MEMBERS[role])).state
        except (NotFound, NotPermitted, WrongState):
            taken = None

        found = market.read(queries.get_negotiation, negotiation.id, actor=market.operator.actor)
        grown = len(market.read(queries.find_rounds, negotiation.id)) - rounds
        assert (taken, found.state) == (after, after or state), (step, role)
        assert grown == (0 if after in {None, state} else 1), (step, role)
