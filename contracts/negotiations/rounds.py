"""What every turn of a negotiation needs: the house's rules, whose turn it is, the round that keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.negotiations import queries
from contracts.negotiations.models import Negotiation, NegotiationRound
from contracts.negotiations.turns import BUYER, PROVIDER, roles_of, states_of
from exchange.config import Settings
from exchange.core.errors import NotPermitted, WrongState
from exchange.participants import Actor

#: The member of a round's draft that the exchange sets and nobody negotiates.
FEE = "platform_fee_bp"


class OfferExpired(WrongState):
    """The last proposal was not answered in its time."""

    code = "offer-expired"


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


@dataclass(frozen=True)
class Turn:
    """A step that somebody wants to take, in the role whose step it is."""

    actor: Actor
    negotiation_id: str
    step: str
    role: str


#: No words, and the exchange's usual time.
PLAIN = Proposal()


def house_rules(settings: Settings) -> HouseRules:
    """The rules as the settings have them now; a contract keeps those of its day."""
    return HouseRules(
        platform_fee_bp=settings.platform_fee_bp,
        area_code=settings.area_code,
        answer_days=settings.answer_days,
    )


def own_turn(session: Session, turn: Turn, now: datetime) -> Negotiation:
    """The negotiation, when the step may be taken now.

    Raises:
        NotPermitted, WrongState, OfferExpired: it is another's turn, another step's, or too late.
    """
    step, role = turn.step, turn.role
    negotiation = locked(session, turn.actor, turn.negotiation_id)
    if turn.actor.organisation_id != getattr(negotiation, f"{role}_id"):
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


def role_of(actor: Actor, negotiation: Negotiation) -> str | None:
    """In which role the actor takes part; None for somebody else."""
    for role in (PROVIDER, BUYER):
        if actor.organisation_id == getattr(negotiation, f"{role}_id"):
            return role
    return None


def locked(session: Session, actor: Actor, negotiation_id: str) -> Negotiation:
    """A negotiation that the actor may see and that nobody else changes before this transaction ends."""
    # An offer accepted and withdrawn at once has one end: the second turn waits, then sees the first.
    session.execute(
        select(Negotiation.id).where(Negotiation.id == negotiation_id).with_for_update(key_share=True)
    )
    return queries.get_negotiation(session, negotiation_id, actor=actor)


def add_round(
    session: Session,
    actor: Actor,
    negotiation: Negotiation,
    kind: str,
    content: dict[str, Any],
    message: str,
    now: datetime,
) -> None:
    """Keep a turn; what has been kept is never changed."""
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
