"""Tables of the gate: the meter of each agreement, the delivery records, and their day totals."""

from datetime import datetime
from typing import Any

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


class AgreementMeter(Base):
    """What is used of an agreement so far: the one row that every delivery under it changes."""

    __tablename__ = "agreement_meters"
    __table_args__ = (
        CheckConstraint("granted_rows IS NULL OR delivered_rows <= granted_rows", name="within_quota"),
        CheckConstraint("granted_calls IS NULL OR deliveries <= granted_calls", name="within_calls"),
    )

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    #: Rows the terms grant in all; NULL when they set no limit.
    granted_rows: Mapped[int | None] = mapped_column(BigInteger)
    delivered_rows: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Deliveries the terms grant in all; NULL when they set no limit.
    granted_calls: Mapped[int | None] = mapped_column(BigInteger)
    #: Number of the last delivery; numbers are contiguous, so a missing record shows.
    deliveries: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Since when a hold stops every delivery; NULL while none does. What the holds say together, see `holds.py`.
    stopped_at: Mapped[datetime | None]
    #: When the last hold ends by itself; NULL when one has no end.
    stopped_until: Mapped[datetime | None]


class MeterHold(Base):
    """One reason why nothing is delivered under an agreement; lifting one does not lift another."""

    __tablename__ = "meter_holds"
    __table_args__ = (CheckConstraint("kind IN ('listing', 'order')", name="kind"),)

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    #: Id of the listing or of the order.
    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime]
    #: When it ends by itself; NULL when it stands until it is lifted.
    until: Mapped[datetime | None]


class MeterEpoch(Base):
    """The open epoch of metering, one row: settlement closes it, deliveries are recorded in it.

    A period is closed by raising the epoch under a lock that every recording transaction shares; a
    comparison of clocks would let late committers into a closed period.
    """

    __tablename__ = "meter_epoch"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    #: No record of this epoch is dated earlier, whatever a node's clock says.
    opened_at: Mapped[datetime]


class DeliveryRecord(Base):
    """One delivery: what was handed out to whom under which agreement. Never changed."""

    __tablename__ = "delivery_records"
    __table_args__ = (
        UniqueConstraint("agreement_id", "request_id"),
        UniqueConstraint("agreement_id", "number"),
        Index("ix_delivery_records_period_agreement_id", "period", "agreement_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    #: The buyer's own id of the request; the same one again is the same delivery.
    request_id: Mapped[str] = mapped_column(String(200))
    #: SHA-256 over what was asked; the same request id must ask the same.
    fingerprint: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    question: Mapped[dict[str, Any]]
    rows: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    #: 1 or 0 each, as on the receipt: the call succeeded, found data, handed out a file.
    succeeded: Mapped[int] = mapped_column(Integer, server_default="1")
    hits: Mapped[int] = mapped_column(Integer, server_default="1")
    files: Mapped[int] = mapped_column(Integer, server_default="0")
    content_sha256: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(String(7))
    recorded_at: Mapped[datetime]
    #: The exchange's compact JWS over the record, as the buyer got it.
    receipt: Mapped[str] = mapped_column(Text)


class UsageDay(Base):
    """Day totals of the records, kept in the transaction of each record; settlement reads these."""

    __tablename__ = "usage_days"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    #: Asia/Shanghai calendar day, YYYY-MM-DD.
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    period: Mapped[str] = mapped_column(String(7))
    rows: Mapped[int] = mapped_column(BigInteger)
    calls: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    succeeded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    hits: Mapped[int] = mapped_column(BigInteger, server_default="0")
    files: Mapped[int] = mapped_column(BigInteger, server_default="0")
