"""Tables of statements; an issued statement and its lines are never changed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exchange.core.database import Base
from exchange.pricing import Quantities


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
        if self.rows_before is None or self.calls_before is None:
            return None
        return Quantities(rows=self.rows_before, calls=self.calls_before)

    @property
    def quantities_after(self) -> Quantities:
        return Quantities(rows=self.rows_after, calls=self.calls_after)
