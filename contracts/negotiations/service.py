"""What can be done in a negotiation that has begun."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.negotiations import drafts, queries
from contracts.negotiations.events import (
    NegotiationEnded,
    NegotiationExpired,
    OfferAccepted,
    TermsCountered,
    TermsOffered,
)
from contracts.negotiations.models import Negotiation, NegotiationRound
from contracts.negotiations.rounds import (
    FEE,
    PLAIN,
    HouseRules,
    Proposal,
    Turn,
    add_round,
    locked,
    own_turn,
    role_of,
)
from contracts.negotiations.turns import BUYER, OPEN, PROVIDER, TURNS, NegotiationState, roles_of
from contracts.terms import changed_members, new_contract_id
from exchange import catalogue, participants
from exchange.core.clock import to_millis
from exchange.core.errors import LimitExceeded, NotPermitted, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.participants import Actor

#: Rounds of one negotiation; who is not agreed by then begins anew.
MOST_ROUNDS = 100


class TooManyRounds(LimitExceeded):
    """A negotiation has a bounded number of rounds."""

    code = "too-many-rounds"


def offer_terms(
    session: Session,
    *,
    actor: Actor,
    negotiation_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = PLAIN,
) -> Negotiation:
    """Offer conditions: the last draft, but for the provider's `changes`.

    Raises:
        WrongState: it is not the provider's turn.
        OfferExpired: the request or counter-offer was to be answered earlier.
        TermsInvalid: a member outside what the listing permits; names every one.
        ListingNotOnOffer: the listing takes no new deals.
    """
    turn = Turn(actor, negotiation_id, "offer", PROVIDER)
    return _propose(session, turn, changes, proposal, house, now)


def counter_offer(
    session: Session,
    *,
    actor: Actor,
    negotiation_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = PLAIN,
) -> Negotiation:
    """Answer the provider's offer with the same draft, but for the buyer's `changes`.

    Raises:
        WrongState, OfferExpired, TermsInvalid, ListingNotOnOffer: as for an offer.
    """
    turn = Turn(actor, negotiation_id, "counter_offer", BUYER)
    return _propose(session, turn, changes, proposal, house, now)


def accept_offer(
    session: Session, *, actor: Actor, negotiation_id: str, house: HouseRules, now: datetime
) -> Negotiation:
    """Accept the other party's last draft; the reaction freezes the terms in the same transaction.

    Raises:
        WrongState, OfferExpired, ListingNotOnOffer: there is no draft of the other party to be accepted now.
    """
    negotiation = locked(session, actor, negotiation_id)
    if negotiation.state == NegotiationState.AGREED and role_of(actor, negotiation) is not None:
        return negotiation
    role = (roles_of(negotiation.state, "acceptance") or [BUYER])[0]
    negotiation = own_turn(session, Turn(actor, negotiation_id, "acceptance", role), now)
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    draft = queries.last_proposal(queries.find_rounds(session, negotiation_id)).content
    uscc = participants.get_operator_card(session).uscc
    contract_id = new_contract_id(uscc=uscc, area_code=house.area_code, at=now)
    negotiation.state, negotiation.expires_at = NegotiationState.AGREED, None
    add_round(session, actor, negotiation, "acceptance", {"contract_id": contract_id}, "", now)
    event = OfferAccepted(negotiation.id, role, draft, contract_id)
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def end_negotiation(
    session: Session, *, actor: Actor, negotiation_id: str, reason: str, now: datetime
) -> Negotiation:
    """Decline as the provider, or withdraw as the buyer, before anything is agreed."""
    negotiation = locked(session, actor, negotiation_id)
    if negotiation.state not in OPEN:
        raise WrongState(f"the negotiation is {negotiation.state} already")
    role = role_of(actor, negotiation)
    if role is None:
        raise NotPermitted("only the two parties end a negotiation")
    outcome = TURNS[negotiation.state, "end", role]
    negotiation.state, negotiation.expires_at = outcome, None
    add_round(session, actor, negotiation, outcome, {"reason": reason}, "", now)
    event = NegotiationEnded(negotiation.id, outcome, reason)
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def expire_negotiation(session: Session, *, negotiation_id: str, now: datetime) -> bool:
    """Note that nobody answered in time; True when there was something to note. Harmless when repeated."""
    negotiation = session.scalars(
        select(Negotiation).where(Negotiation.id == negotiation_id).with_for_update(key_share=True)
    ).one()
    until = negotiation.expires_at
    if negotiation.state not in OPEN or until is None or now < until:
        return False
    negotiation.state, negotiation.expires_at = NegotiationState.EXPIRED, None
    event = NegotiationExpired(negotiation_id, to_millis(until))
    record_event(session, event, subject=negotiation_id, actor=EXCHANGE, at=now)
    return True


def _propose(
    session: Session,
    turn: Turn,
    changes: dict[str, Any],
    proposal: Proposal,
    house: HouseRules,
    now: datetime,
) -> Negotiation:
    negotiation = own_turn(session, turn, now)
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    last, draft = _next_draft(session, negotiation, changes, by_buyer=turn.role == BUYER)
    # The fee is the exchange's: an offer has that of its day, a counter-offer does not touch it.
    draft |= {FEE: house.platform_fee_bp if turn.role == PROVIDER else last.content[FEE]}
    until = proposal.expires_at(house, now)
    negotiation.state, negotiation.expires_at = TURNS[negotiation.state, turn.step, turn.role], until
    add_round(session, turn.actor, negotiation, turn.step, draft, proposal.message, now)
    event = (TermsOffered if turn.role == PROVIDER else TermsCountered)(
        negotiation.id,
        last.number + 1,
        draft,
        changed_members(last.content, draft),
        proposal.message,
        to_millis(until),
    )
    record_event(session, event, subject=negotiation.id, actor=turn.actor.person_id, at=now)
    return negotiation


def _next_draft(
    session: Session, negotiation: Negotiation, changes: dict[str, Any], *, by_buyer: bool
) -> tuple[NegotiationRound, dict[str, Any]]:
    rounds = queries.find_rounds(session, negotiation.id)
    # The last two are kept for an answer to what was proposed.
    if len(rounds) >= MOST_ROUNDS - 2:
        raise TooManyRounds(
            f"a negotiation has at most {MOST_ROUNDS} rounds", remedy="Accept, or end it and begin anew."
        )
    last = rounds[-1]
    before = {name: value for name, value in last.content.items() if name != FEE}
    listed = catalogue.get_version_card(session, negotiation.listing_id, negotiation.listing_version)
    return last, drafts.next_draft(session, listed, before, changes, by_buyer=by_buyer)
