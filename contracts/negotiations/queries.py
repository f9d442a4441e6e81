"""Reads of negotiations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.negotiations.models import Negotiation, NegotiationRound
from contracts.negotiations.turns import OPEN, PROPOSALS, NegotiationState
from contracts.terms import Party, draft_document
from contracts.terms.clauses import Clause, clauses_of
from contracts.terms.redline import ClauseChange, compare
from exchange import catalogue, participants
from exchange.core.clock import to_millis
from exchange.core.errors import Invalid, NotFound, WrongState
from exchange.participants import Actor

#: Negotiations of one answer; a longer list is asked for in pages.
PAGE = 100
MOST_PER_PAGE = 500


@dataclass(frozen=True)
class AgreedOffer:
    """What the parties agreed on, for the room that freezes it."""

    negotiation_id: str
    listing_id: str
    listing_version: int
    provider_id: str
    buyer_id: str
    offer: dict[str, Any]
    contract_id: str
    #: Of a renewal: the agreement that it follows, and when that one ends.
    renews: str | None = None
    begins_at: datetime | None = None


@dataclass(frozen=True)
class Comparison:
    """What one round changed of an earlier one."""

    before: int
    after: int
    clauses: list[ClauseChange]


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


def find_negotiations(
    session: Session,
    *,
    actor: Actor,
    state: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> list[Negotiation]:
    """The negotiations an actor may see, newest first; `after` is the last one of the page before."""
    query = select(Negotiation).order_by(Negotiation.id.desc()).limit(min(limit, MOST_PER_PAGE))
    if not actor.oversees:
        mine = actor.organisation_id
        query = query.where(or_(Negotiation.provider_id == mine, Negotiation.buyer_id == mine))
    if state is not None:
        query = query.where(Negotiation.state == state)
    if after is not None:
        query = query.where(Negotiation.id < after)
    return list(session.scalars(query))


def find_expired_ids(session: Session, *, now: datetime) -> list[str]:
    """Open negotiations whose last proposal was not answered in its time."""
    query = select(Negotiation.id).where(Negotiation.state.in_(OPEN), Negotiation.expires_at <= now)
    return list(session.scalars(query.order_by(Negotiation.id).limit(MOST_PER_PAGE)))


def find_rounds(session: Session, negotiation_id: str) -> list[NegotiationRound]:
    """All rounds in their order; a negotiation has no more than `service.MOST_ROUNDS`."""
    return list(
        session.scalars(
            select(NegotiationRound)
            .where(NegotiationRound.negotiation_id == negotiation_id)
            .order_by(NegotiationRound.number)
        )
    )


def last_proposal(rounds: Iterable[NegotiationRound]) -> NegotiationRound:
    """The newest round that holds a draft."""
    return [item for item in rounds if item.kind in PROPOSALS][-1]


def read_clauses(
    session: Session, negotiation: Negotiation, *, round_number: int | None, language: str
) -> list[Clause]:
    """The clauses of a round's draft, of the last proposal if none is named.

    Raises:
        Invalid: the round holds no draft.
    """
    rounds = find_rounds(session, negotiation.id)
    chosen = last_proposal(rounds) if round_number is None else _proposal(rounds, round_number, "round")
    return clauses_of(_document(session, negotiation, chosen), language)


def compare_rounds(
    session: Session,
    negotiation: Negotiation,
    *,
    before: int | None,
    after: int | None,
    language: str,
) -> Comparison:
    """What changed between two rounds; unless told, between the last two proposals.

    Raises:
        Invalid: a round that is named holds no draft.
    """
    rounds = find_rounds(session, negotiation.id)
    later = last_proposal(rounds) if after is None else _proposal(rounds, after, "after")
    proposals = [item for item in rounds if item.kind in PROPOSALS and item.number <= later.number]
    earlier = proposals[-2:][0] if before is None else _proposal(rounds, before, "before")
    changes = compare(
        _document(session, negotiation, earlier), _document(session, negotiation, later), language
    )
    return Comparison(earlier.number, later.number, changes)


def get_agreed_offer(session: Session, negotiation_id: str) -> AgreedOffer:
    """The accepted draft.

    Raises:
        WrongState: nothing is agreed yet.
    """
    negotiation = session.get(Negotiation, negotiation_id)
    if negotiation is None:
        raise NotFound(f"there is no negotiation {negotiation_id}")
    if negotiation.state != NegotiationState.AGREED:
        raise WrongState(f"the negotiation is {negotiation.state}, not agreed")
    rounds = find_rounds(session, negotiation_id)
    return AgreedOffer(
        negotiation_id=negotiation.id,
        listing_id=negotiation.listing_id,
        listing_version=negotiation.listing_version,
        provider_id=negotiation.provider_id,
        buyer_id=negotiation.buyer_id,
        offer=last_proposal(rounds).content,
        contract_id=rounds[-1].content["contract_id"],
        renews=negotiation.renews,
        begins_at=negotiation.begins_at,
    )


def _proposal(rounds: list[NegotiationRound], number: int, field: str) -> NegotiationRound:
    numbers = [item.number for item in rounds if item.kind in PROPOSALS]
    if number not in numbers:
        raise Invalid(
            f"round {number} holds no draft",
            field=field,
            remedy=f"These do: {', '.join(map(str, numbers))}.",
        )
    return rounds[number - 1]


def _document(session: Session, negotiation: Negotiation, item: NegotiationRound) -> dict[str, Any]:
    listing = catalogue.get_version_card(session, negotiation.listing_id, negotiation.listing_version)
    operator = participants.get_operator_card(session)
    parties = (
        ("provider", participants.get_organisation_card(session, negotiation.provider_id)),
        ("buyer", participants.get_organisation_card(session, negotiation.buyer_id)),
        ("exchange", operator),
    )
    return draft_document(
        parties=tuple(_party(role, card) for role, card in parties),
        listing=vars(listing),
        offer=item.content,
        renews=negotiation.renews,
        valid_from=negotiation.begins_at,
    )


def _party(role: str, card: participants.OrganisationCard) -> Party:
    decided = None if card.decided_at is None else to_millis(card.decided_at)
    # Which keys sign is known when the terms are frozen.
    return Party(role, card.id, card.name_zh, card.name_en, card.uscc, "", "", card.state, decided)
