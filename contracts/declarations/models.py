"""The table of declarations; a declaration is never changed, a correction is a further one."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class RevenueDeclaration(Base):
    """What the buyer says it earned in a month with the data of an agreement, from this declaration on."""

    __tablename__ = "revenue_declarations"
    __table_args__ = (
        UniqueConstraint("agreement_id", "period", "number"),
        Index("ix_revenue_declarations_period_epoch", "period", "epoch"),
        CheckConstraint("revenue_fen >= 0", name="revenue"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    #: The month that was earned in, which is hardly ever the month in which it is declared.
    period: Mapped[str] = mapped_column(String(7))
    #: Counted from 1 within agreement and month, without gaps: a missing declaration shows.
    number: Mapped[int] = mapped_column(Integer)
    #: The whole revenue of the month as it stands with this declaration.
    revenue_fen: Mapped[int] = mapped_column(BigInteger)
    #: By how much it changes what stood before; the changes of a month add up to what stands.
    change_fen: Mapped[int] = mapped_column(BigInteger)
    #: What was sold or saved with the data, in words.
    covers: Mapped[str] = mapped_column(String(500))
    #: Where the figure comes from, in words; empty when nothing is said.
    evidence: Mapped[str] = mapped_column(String(2000))
    #: SHA-256 of a document that proves it and that the buyer keeps.
    evidence_sha256: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    epoch: Mapped[int] = mapped_column(BigInteger)
    declared_at: Mapped[datetime]
    #: The exchange's compact JWS over the declaration, as the buyer got it.
    receipt: Mapped[str] = mapped_column(Text)
