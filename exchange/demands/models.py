"""Tables of demands and the claims on them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class DemandState(StrEnum):
    """Where a demand stands."""

    DRAFT = "draft"
    PENDING = "pending"
    OPEN = "open"
    #: Unclaimed for too long, so the operator looks for a provider; it may still be claimed.
    OPERATOR_INTERVENED = "operator_intervened"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    CONTRACTED = "contracted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


#: On the board: a provider may claim it.
CLAIMABLE = (DemandState.OPEN, DemandState.OPERATOR_INTERVENED)
#: Still to be fulfilled, so its last day ends it.
UNFULFILLED = (DemandState.DRAFT, DemandState.PENDING, *CLAIMABLE, DemandState.CLAIMED)


class ClaimState(StrEnum):
    """What the buyer said to a claim."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    #: The demand ended before the buyer answered.
    LAPSED = "lapsed"


class Demand(Base):
    """What one buyer needs."""

    __tablename__ = "demands"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'pending', 'open', 'operator_intervened', 'claimed', 'confirmed',"
            " 'contracted', 'withdrawn', 'expired')",
            name="state",
        ),
        CheckConstraint("kind IN ('resource', 'product')", name="kind"),
        Index("ix_demands_state_id", "state", "id"),
        Index("ix_demands_organisation_id_id", "organisation_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: A resource demand is shown to verified organisations only, a product demand to everybody.
    kind: Mapped[str] = mapped_column(String(20))
    #: The buyer's words; canonical JSON values only.
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))
    #: The last day, in Asia/Shanghai, on which it stands.
    valid_to: Mapped[date]
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]
    #: Why the operator returned it; NULL when it was never returned.
    return_reason: Mapped[str | None] = mapped_column(String(500))
    #: Since when it waits for a claim; NULL while it is not on the board.
    opened_at: Mapped[datetime | None]
    #: When the job found it unclaimed for too long; from then on the operator may step in.
    unclaimed_at: Mapped[datetime | None]
    negotiation_id: Mapped[str | None] = mapped_column(String(40))
    agreement_id: Mapped[str | None] = mapped_column(String(40))


class DemandClaim(Base):
    """A provider says that it can fulfil a demand."""

    __tablename__ = "demand_claims"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'confirmed', 'declined', 'lapsed')", name="state"),
        Index("ix_demand_claims_demand_id", "demand_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"))
    provider_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    listing_id: Mapped[str | None] = mapped_column(ForeignKey("listings.id"))
    message: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(20))
    claimed_by: Mapped[str] = mapped_column(String(40))
    claimed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
