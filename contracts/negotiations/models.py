"""Tables of negotiations and their rounds; a round is never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contracts.negotiations.turns import NegotiationState
from exchange.core.database import Base

_STATES = ", ".join(f"'{state.value}'" for state in NegotiationState)


class Negotiation(Base):
    """One buyer's wish for one listing, or one provider's private offer, and what came of it."""

    __tablename__ = "negotiations"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_negotiations_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"))
    #: The version that was on offer at the request; later edits do not reach in here.
    listing_version: Mapped[int]
    provider_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    buyer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    #: Until when the last proposal may be answered; NULL for those from before proposals expired.
    expires_at: Mapped[datetime | None]
    #: Of a renewal: the agreement that it follows, and when that one ends. No foreign key, agreements are to
    #: the right.
    renews: Mapped[str | None] = mapped_column(String(40))
    begins_at: Mapped[datetime | None]


class NegotiationRound(Base):
    """One turn: a request, an offer, a counter-offer, an acceptance, a refusal."""

    __tablename__ = "negotiation_rounds"

    negotiation_id: Mapped[str] = mapped_column(ForeignKey("negotiations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    #: The whole draft of a proposal, or what belongs to the acceptance or refusal.
    content: Mapped[dict[str, Any]]
    taken_at: Mapped[datetime]
    #: What its author says to the other side; no part of the contract.
    message: Mapped[str | None] = mapped_column(String(1000))
