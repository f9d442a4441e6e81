"""Tables of statements; an issued statement and its lines are never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exchange.core.database import Base
from exchange.pricing import NOTHING, QUANTITY_NAMES, UNDECLARED, Declared, Quantities, Usage

#: None is NULL, not the JSON value null.
_JSON_OR_NULL = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class StatementSeries(Base):
    """The numbers given out in one year; its row is locked by the transaction that uses the next one.

    No database sequence: a rollback would leave a gap, and the numbers of bills have none.
    """

    __tablename__ = "statement_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issued: Mapped[int] = mapped_column(BigInteger)


class StatementLine(Base):
    """What one clause of the price plan charges for the change of its quantity."""

    __tablename__ = "statement_lines"

    statement_id: Mapped[str] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Meter and clause; the lines of a period are added up by it.
    key: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(80))
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_price_micro: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[int] = mapped_column(BigInteger)
    #: A difference of two rounded totals, so that the lines of any cutting of a period add up.
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class Statement(Base):
    """One bill: the change from the last statement of the same agreement and period to a closed epoch."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("agreement_id", "period", "epoch"),
        Index("ix_statements_period", "period"),
        CheckConstraint("fee_fen + provider_fen = amount_fen", name="split"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Without gaps in each year, in the order of issue: S2026-000001.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    period: Mapped[str] = mapped_column(String(7))
    epoch: Mapped[int] = mapped_column(BigInteger)
    provider_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    buyer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: Cumulative at the last statement of the period; NULL when this is the first.
    rows_before: Mapped[int | None] = mapped_column(BigInteger)
    calls_before: Mapped[int | None] = mapped_column(BigInteger)
    rows_after: Mapped[int] = mapped_column(BigInteger)
    calls_after: Mapped[int] = mapped_column(BigInteger)
    succeeded_before: Mapped[int | None] = mapped_column(BigInteger)
    hits_before: Mapped[int | None] = mapped_column(BigInteger)
    size_bytes_before: Mapped[int | None] = mapped_column(BigInteger)
    files_before: Mapped[int | None] = mapped_column(BigInteger)
    succeeded_after: Mapped[int] = mapped_column(BigInteger, server_default="0")
    hits_after: Mapped[int] = mapped_column(BigInteger, server_default="0")
    size_bytes_after: Mapped[int] = mapped_column(BigInteger, server_default="0")
    files_after: Mapped[int] = mapped_column(BigInteger, server_default="0")
    #: What the plan asked of the agreement's life before the period; NULL for a plan that asks nothing.
    life: Mapped[dict[str, Any] | None] = mapped_column(_JSON_OR_NULL)
    #: Declared revenue before and after, cumulative as the quantities; NULL where the price is no share of it.
    declared: Mapped[dict[str, Any] | None] = mapped_column(_JSON_OR_NULL)
    #: What earlier statements of the period charged; the fee is split on the cumulative amount.
    charged_before_fen: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    fee_fen: Mapped[int] = mapped_column(BigInteger)
    provider_fen: Mapped[int] = mapped_column(BigInteger)
    terms_sha256: Mapped[str] = mapped_column(String(64))
    #: Digest of lines and amounts: what computing the bill again must give.
    bill_sha256: Mapped[str] = mapped_column(String(64))
    #: NULL when nothing is owed, for a transfer of zero is none.
    transfer_id: Mapped[str | None] = mapped_column(ForeignKey("ledger_transfers.id"), unique=True)
    issued_at: Mapped[datetime]
    lines: Mapped[list[StatementLine]] = relationship(lazy="raise", order_by=StatementLine.number)

    @property
    def quantities_before(self) -> Quantities | None:
        if self.rows_before is None:
            return None
        return Quantities(**{name: getattr(self, f"{name}_before") for name in QUANTITY_NAMES})

    @property
    def quantities_after(self) -> Quantities:
        return Quantities(**{name: getattr(self, f"{name}_after") for name in QUANTITY_NAMES})

    @property
    def usage_after(self) -> Usage:
        """The state of the period that the next statement of it goes on from."""
        first_days = NOTHING if self.life is None else Quantities(**self.life["in_first_days_after"])
        declared = UNDECLARED if self.declared is None else Declared(**self.declared["after"])
        return Usage(self.quantities_after, first_days, declared)
