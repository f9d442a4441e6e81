"""Tables of agreements and their signatures; signed bytes and signatures are never changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class AgreementState(StrEnum):
    """Where an agreement stands; expiry is a matter of its dates, not a state."""

    AWAITING_SIGNATURES = "awaiting_signatures"
    ACTIVE = "active"


class Agreement(Base):
    """One signed, or to be signed, document; the columns beside `terms` are copies for searching."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("state IN ('awaiting_signatures', 'active')", name="state"),
        Index("ix_agreements_listing_id", "listing_id"),
        Index("ix_agreements_contract_id", "contract_id", unique=True),
        Index("ix_agreements_buyer_id", "buyer_id"),
        Index("ix_agreements_valid_until", "valid_until"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: The id of 47 characters under which it is filed; NULL for those from before contracts had one.
    contract_id: Mapped[str | None] = mapped_column(String(47))
    negotiation_id: Mapped[str] = mapped_column(ForeignKey("negotiations.id"), unique=True)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"))
    provider_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    buyer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: The canonical bytes that are signed.
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    terms_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(30))
    frozen_at: Mapped[datetime]
    #: Until when it is in force as things stand: the end in the terms, or an earlier one that a step has set.
    valid_until: Mapped[datetime]
    executed_at: Mapped[datetime | None]
    #: The exchange's compact JWS over the other signatures; NULL until both parties signed.
    countersignature: Mapped[str | None] = mapped_column(Text)


class AgreementSignature(Base):
    """One party's signature over the terms."""

    __tablename__ = "agreement_signatures"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    kid: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    protected: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]
