"""Reads of negotiations."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.negotiations.models import Negotiation, NegotiationRound, NegotiationState
from exchange.core.errors import NotFound, WrongState
from exchange.participants import Actor


@dataclass(frozen=True)
class AgreedOffer:
    """What the parties agreed on, for the room that freezes it."""

    negotiation_id: str
    listing_id: str
    listing_version: int
    provider_id: str
    buyer_id: str
    offer: dict[str, Any]


def get_negotiation(session: Session, negotiation_id: str, *, actor: Actor) -> Negotiation:
    """One negotiation that the actor may see.

    Raises:
        NotFound: there is none, or the actor is neither party nor overseer.
    """
    negotiation = session.get(Negotiation, negotiation_id)
    if negotiation is None or not (
        actor.oversees or actor.organisation_id in {negotiation.provider_id, negotiation.buyer_id}
    ):
        raise NotFound(f"there is no negotiation {negotiation_id}")
    return negotiation


def find_negotiations(session: Session, *, actor: Actor) -> list[Negotiation]:
    """The negotiations an actor may see, newest first."""
    query = select(Negotiation).order_by(Negotiation.id.desc())
    if not actor.oversees:
        mine = actor.organisation_id
        query = query.where(or_(Negotiation.provider_id == mine, Negotiation.buyer_id == mine))
    return list(session.scalars(query))


def find_rounds(session: Session, negotiation_id: str) -> list[NegotiationRound]:
    """All rounds in their order."""
    return list(
        session.scalars(
            select(NegotiationRound)
            .where(NegotiationRound.negotiation_id == negotiation_id)
            .order_by(NegotiationRound.number)
        )
    )


def get_agreed_offer(session: Session, negotiation_id: str) -> AgreedOffer:
    """The accepted offer.

    Raises:
        WrongState: nothing is agreed yet.
    """
    negotiation = session.get(Negotiation, negotiation_id)
    if negotiation is None:
        raise NotFound(f"there is no negotiation {negotiation_id}")
    if negotiation.state != NegotiationState.AGREED:
        raise WrongState(f"the negotiation is {negotiation.state}, not agreed")
    offers = [item for item in find_rounds(session, negotiation_id) if item.kind == "offer"]
    return AgreedOffer(
        negotiation_id=negotiation.id,
        listing_id=negotiation.listing_id,
        listing_version=negotiation.listing_version,
        provider_id=negotiation.provider_id,
        buyer_id=negotiation.buyer_id,
        offer=offers[-1].content,
    )
