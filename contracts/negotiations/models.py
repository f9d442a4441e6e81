"""Tables of negotiations and their rounds; a round is never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class NegotiationState(StrEnum):
    """Whose turn it is."""

    REQUESTED = "requested"
    OFFERED = "offered"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Negotiation(Base):
    """One buyer's wish for one listing, and what came of it."""

    __tablename__ = "negotiations"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'offered', 'agreed', 'declined', 'withdrawn')", name="state"
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"))
    #: The version that was on offer at the request; later edits do not reach in here.
    listing_version: Mapped[int]
    provider_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    buyer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]


class NegotiationRound(Base):
    """One turn: a request, an offer, an acceptance, a refusal."""

    __tablename__ = "negotiation_rounds"

    negotiation_id: Mapped[str] = mapped_column(ForeignKey("negotiations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    content: Mapped[dict[str, Any]]
    taken_at: Mapped[datetime]
