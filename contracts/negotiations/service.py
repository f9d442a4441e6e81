"""What can be done in a negotiation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.negotiations import drafts, queries
from contracts.negotiations.drafts import Renewal
from contracts.negotiations.events import (
    AccessRequested,
    NegotiationEnded,
    NegotiationExpired,
    OfferAccepted,
    PrivateOfferMade,
    TermsCountered,
    TermsOffered,
)
from contracts.negotiations.models import Negotiation, NegotiationRound
from contracts.negotiations.turns import BUYER, OPEN, PROVIDER, TURNS, NegotiationState, roles_of, states_of
from contracts.terms import changed_members, new_contract_id
from exchange import catalogue, participants
from exchange.catalogue import PublishedListing
from exchange.core.clock import to_millis
from exchange.core.errors import LimitExceeded, NotFound, NotPermitted, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor, actors

#: Rounds of one negotiation; who is not agreed by then begins anew.
MOST_ROUNDS = 100
_FEE = "platform_fee_bp"


class OfferExpired(WrongState):
    """The last proposal was not answered in its time."""

    code = "offer-expired"


class TooManyRounds(LimitExceeded):
    """A negotiation has a bounded number of rounds."""

    code = "too-many-rounds"


@dataclass(frozen=True)
class HouseRules:
    """What the exchange itself puts into every contract."""

    platform_fee_bp: int = 500
    #: GB/T 2260 code of its area, for the contract id.
    area_code: str = "420100"
    #: Days within which a proposal is to be answered, unless it says another number.
    answer_days: int = 14


@dataclass(frozen=True)
class Proposal:
    """What comes with a draft: words to the other side, and for how long it stands."""

    message: str = ""
    answer_days: int | None = None

    def expires_at(self, house: HouseRules, now: datetime) -> datetime:
        """Until when it may be answered."""
        return now + timedelta(days=self.answer_days or house.answer_days)


def request_access(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    request: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = Proposal(),
) -> Negotiation:
    """Ask the provider of a listing for data, with a purpose.

    Args:
        request: members of a draft, purpose and scenario at least, and `plan`, the code of a price plan of the
            listing; whatever is left out is as the listing says.

    Raises:
        TermsInvalid: a member outside what the listing permits; names every one.
        ListingNotOnOffer: the listing takes no new deals.
    """
    actor.require_role(actors.BUYER)
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now)
    catalogue.require_on_offer(session, listing_id, now=now)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("an organisation does not buy from itself")
    draft = drafts.first_draft(session, listing, request, by_buyer=True)
    return _begin(session, actor, listing, actor.organisation_id, draft, proposal, house, now)


def offer_privately(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    buyer_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = Proposal(),
) -> Negotiation:
    """Offer one's listing to one buyer who has not asked; nobody else sees it.

    Raises:
        NotFound: no such listing of the actor's organisation, or no verified buyer of this id.
        TermsInvalid: a member outside what the listing permits; names every one.
    """
    actor.require_role(actors.PROVIDER)
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now)
    if listing.organisation_id != actor.organisation_id:
        raise NotFound(f"your organisation has no listing {listing_id}")
    catalogue.require_on_offer(session, listing_id, now=now)
    _require_buyer(session, buyer_id, seller_id=actor.organisation_id)
    draft = drafts.first_draft(session, listing, changes, by_buyer=False)
    return _begin(session, actor, listing, buyer_id, draft, proposal, house, now)


def open_renewal(
    session: Session,
    *,
    actor: Actor,
    renewal: Renewal,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = Proposal(),
) -> Negotiation:
    """Begin to negotiate what follows a running agreement: the same terms at the price of then, but for `changes`.

    The buyer asks, the provider offers; the price is the listing's, and the signed one while the notice of an
    increase protects it.

    Raises:
        NotPermitted: the actor is no party of the agreement.
        TermsInvalid: the listing does not permit a member any more; names every one.
        ListingNotOnOffer: the listing takes no new deals.
    """
    if actor.organisation_id not in {renewal.provider_id, renewal.buyer_id}:
        raise NotPermitted("only the two parties renew an agreement")
    catalogue.require_on_offer(session, renewal.listing_id, now=now)
    listing = catalogue.get_newest_card(session, renewal.listing_id)
    by_buyer = actor.organisation_id == renewal.buyer_id
    draft = drafts.renewal_draft(session, listing, renewal, changes, by_buyer=by_buyer, now=now)
    return _begin(session, actor, listing, renewal.buyer_id, draft, proposal, house, now, renewal)


def offer_terms(
    session: Session,
    *,
    actor: Actor,
    negotiation_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = Proposal(),
) -> Negotiation:
    """Offer conditions: the last draft, but for the provider's `changes`.

    Raises:
        WrongState: it is not the provider's turn.
        OfferExpired: the request or counter-offer was to be answered earlier.
        TermsInvalid: a member outside what the listing permits; names every one.
        ListingNotOnOffer: the listing takes no new deals.
    """
    negotiation = _own_turn(session, actor, negotiation_id, "offer", PROVIDER, now)
    last, draft = _next_draft(session, negotiation, changes, by_buyer=False, now=now)
    draft |= {_FEE: house.platform_fee_bp}
    until = _propose(session, actor, negotiation, "offer", draft, proposal, house, now)
    event = TermsOffered(
        negotiation.id,
        last.number + 1,
        draft,
        changed_members(last.content, draft),
        proposal.message,
        to_millis(until),
    )
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def counter_offer(
    session: Session,
    *,
    actor: Actor,
    negotiation_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = Proposal(),
) -> Negotiation:
    """Answer the provider's offer with the same draft, but for the buyer's `changes`.

    Raises:
        WrongState, OfferExpired, TermsInvalid, ListingNotOnOffer: as for an offer.
    """
    negotiation = _own_turn(session, actor, negotiation_id, "counter_offer", BUYER, now)
    last, draft = _next_draft(session, negotiation, changes, by_buyer=True, now=now)
    draft |= {_FEE: last.content[_FEE]}
    until = _propose(session, actor, negotiation, "counter_offer", draft, proposal, house, now)
    event = TermsCountered(
        negotiation.id,
        last.number + 1,
        draft,
        changed_members(last.content, draft),
        proposal.message,
        to_millis(until),
    )
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def accept_offer(
    session: Session, *, actor: Actor, negotiation_id: str, house: HouseRules, now: datetime
) -> Negotiation:
    """Accept the other party's last draft; the reaction freezes the terms in the same transaction.

    Raises:
        WrongState, OfferExpired, ListingNotOnOffer: there is no draft of the other party to be accepted now.
    """
    negotiation = _locked(session, actor, negotiation_id)
    if negotiation.state == NegotiationState.AGREED and _role_of(actor, negotiation) is not None:
        return negotiation
    role = (roles_of(negotiation.state, "acceptance") or [BUYER])[0]
    negotiation = _own_turn(session, actor, negotiation_id, "acceptance", role, now)
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    draft = queries.last_proposal(queries.find_rounds(session, negotiation_id)).content
    uscc = participants.get_operator_card(session).uscc
    contract_id = new_contract_id(uscc=uscc, area_code=house.area_code, at=now)
    negotiation.state, negotiation.expires_at = NegotiationState.AGREED, None
    _add_round(session, actor, negotiation, "acceptance", {"contract_id": contract_id}, "", now)
    event = OfferAccepted(negotiation.id, role, draft, contract_id)
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def end_negotiation(
    session: Session, *, actor: Actor, negotiation_id: str, reason: str, now: datetime
) -> Negotiation:
    """Decline as the provider, or withdraw as the buyer, before anything is agreed."""
    negotiation = _locked(session, actor, negotiation_id)
    if negotiation.state not in OPEN:
        raise WrongState(f"the negotiation is {negotiation.state} already")
    role = _role_of(actor, negotiation)
    if role is None:
        raise NotPermitted("only the two parties end a negotiation")
    outcome = TURNS[negotiation.state, "end", role]
    negotiation.state, negotiation.expires_at = outcome, None
    _add_round(session, actor, negotiation, outcome, {"reason": reason}, "", now)
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


def _begin(
    session: Session,
    actor: Actor,
    listing: PublishedListing,
    buyer_id: str,
    draft: dict[str, Any],
    proposal: Proposal,
    house: HouseRules,
    now: datetime,
    renewal: Renewal | None = None,
) -> Negotiation:
    by_buyer = actor.organisation_id == buyer_id
    draft = {**draft, _FEE: house.platform_fee_bp}
    until = proposal.expires_at(house, now)
    negotiation = Negotiation(
        id=new_id("neg"),
        listing_id=listing.id,
        listing_version=listing.version,
        provider_id=listing.organisation_id,
        buyer_id=buyer_id,
        state=NegotiationState.REQUESTED if by_buyer else NegotiationState.OFFERED,
        requested_at=now,
        expires_at=until,
        renews=renewal.agreement_id if renewal else None,
        begins_at=renewal.begins_at if renewal else None,
    )
    session.add(negotiation)
    session.flush()  # the round's foreign key needs the negotiation's row
    kind = "request" if by_buyer else "offer"
    _add_round(session, actor, negotiation, kind, draft, proposal.message, now)
    event = (AccessRequested if by_buyer else PrivateOfferMade)(
        negotiation.id,
        listing.id,
        listing.version,
        listing.organisation_id,
        buyer_id,
        draft,
        proposal.message,
        to_millis(until),
        negotiation.renews,
        to_millis(renewal.begins_at) if renewal else None,
    )
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def _next_draft(
    session: Session, negotiation: Negotiation, changes: dict[str, Any], *, by_buyer: bool, now: datetime
) -> tuple[NegotiationRound, dict[str, Any]]:
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    rounds = queries.find_rounds(session, negotiation.id)
    # The last two are kept for an answer to what was proposed.
    if len(rounds) >= MOST_ROUNDS - 2:
        raise TooManyRounds(
            f"a negotiation has at most {MOST_ROUNDS} rounds", remedy="Accept, or end it and begin anew."
        )
    last = rounds[-1]
    before = {name: value for name, value in last.content.items() if name != _FEE}
    listed = catalogue.get_version_card(session, negotiation.listing_id, negotiation.listing_version)
    return last, drafts.next_draft(session, listed, before, changes, by_buyer=by_buyer)


def _propose(
    session: Session,
    actor: Actor,
    negotiation: Negotiation,
    kind: str,
    draft: dict[str, Any],
    proposal: Proposal,
    house: HouseRules,
    now: datetime,
) -> datetime:
    until = proposal.expires_at(house, now)
    role = PROVIDER if kind == "offer" else BUYER
    negotiation.state, negotiation.expires_at = TURNS[negotiation.state, kind, role], until
    _add_round(session, actor, negotiation, kind, draft, proposal.message, now)
    return until


def _require_buyer(session: Session, buyer_id: str, *, seller_id: str) -> None:
    found = participants.find_organisation_cards(session, [buyer_id])
    if not found or actors.BUYER not in found[0].roles or found[0].state != "verified":
        raise NotFound(f"there is no verified buyer {buyer_id}")
    if buyer_id == seller_id:
        raise NotPermitted("an organisation does not sell to itself")


def _own_turn(
    session: Session, actor: Actor, negotiation_id: str, step: str, role: str, now: datetime
) -> Negotiation:
    negotiation = _locked(session, actor, negotiation_id)
    if actor.organisation_id != getattr(negotiation, f"{role}_id"):
        raise NotPermitted(f"this is the {role}'s turn")
    if role not in roles_of(negotiation.state, step):
        possible = " or ".join(states_of(step, role))
        raise WrongState(f"the negotiation is {negotiation.state}, not {possible}")
    until = negotiation.expires_at
    if until is not None and now >= until:
        raise OfferExpired(
            f"the last proposal was to be answered before {until:%Y-%m-%d %H:%M} UTC",
            remedy="Begin a new negotiation.",
        )
    return negotiation


def _role_of(actor: Actor, negotiation: Negotiation) -> str | None:
    for role in (PROVIDER, BUYER):
        if actor.organisation_id == getattr(negotiation, f"{role}_id"):
            return role
    return None


def _locked(session: Session, actor: Actor, negotiation_id: str) -> Negotiation:
    # An offer accepted and withdrawn at once has one end: the second turn waits, then sees the first.
    session.execute(
        select(Negotiation.id).where(Negotiation.id == negotiation_id).with_for_update(key_share=True)
    )
    return queries.get_negotiation(session, negotiation_id, actor=actor)


def _add_round(
    session: Session,
    actor: Actor,
    negotiation: Negotiation,
    kind: str,
    content: dict[str, Any],
    message: str,
    now: datetime,
) -> None:
    rounds = queries.find_rounds(session, negotiation.id)
    session.add(
        NegotiationRound(
            negotiation_id=negotiation.id,
            number=len(rounds) + 1,
            kind=kind,
            organisation_id=actor.organisation_id,
            person_id=actor.person_id,
            content=content,
            taken_at=now,
            message=message or None,
        )
    )
    session.flush()  # the next round's number is read from the table
