"""Tables of what people did in the life of agreements; a step is never changed, an order is lifted once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class SuspensionOrder(Base):
    """An order that nothing is delivered, and how it was lifted."""

    __tablename__ = "suspension_orders"
    __table_args__ = (
        CheckConstraint("scope IN ('agreement', 'organisation')", name="scope"),
        Index("ix_suspension_orders_subject_id", "subject_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: The authority's own number of its order; empty where the operator acts for stated grounds.
    order_no: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(20))
    #: The agreement or the organisation; which of them the scope says.
    subject_id: Mapped[str] = mapped_column(String(40))
    #: Role in which it was ordered.
    authority: Mapped[str] = mapped_column(String(20))
    authority_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    grounds: Mapped[str] = mapped_column(String(1000))
    ordered_at: Mapped[datetime]
    #: When it ends by itself; NULL when it stands until it is lifted.
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    lift_reason: Mapped[str | None] = mapped_column(String(1000))


class AgreementStep(Base):
    """One thing that somebody did in the life of an agreement."""

    __tablename__ = "agreement_steps"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(30))
    #: provider, buyer, operator, regulator or exchange.
    role: Mapped[str] = mapped_column(String(20))
    #: Who did it; NULL for the exchange itself.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    content: Mapped[dict[str, Any]]
    taken_at: Mapped[datetime]


class AgreementReminder(Base):
    """A message that the clock gave rise to, so that it is sent once for each instant that it is about."""

    __tablename__ = "agreement_reminders"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
