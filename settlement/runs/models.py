"""Tables of settlement runs: what a run has closed, and how far it is with each agreement."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base

IS_OPEN, IS_REGULAR = text("state = 'open'"), text("kind = 'regular'")


class RunKind(StrEnum):
    """A regular run ends a period; interim ones bill a running one so far, late ones what is declared later."""

    REGULAR = "regular"
    INTERIM = "interim"
    LATE = "late"


class RunState(StrEnum):
    """Whether agreements of the run still wait."""

    OPEN = "open"
    DONE = "done"


class ItemState(StrEnum):
    """How far a run is with one agreement."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class SettlementRun(Base):
    """One settlement of one period up to one epoch."""

    __tablename__ = "settlement_runs"
    __table_args__ = (
        UniqueConstraint("kind", "period", "epoch_closed"),
        # Two nodes that open a run at once: one of them is refused and helps the other instead.
        Index(
            "uq_settlement_runs_open", "period", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
        ),
        Index(
            "uq_settlement_runs_regular",
            "period",
            unique=True,
            sqlite_where=IS_REGULAR,
            postgresql_where=IS_REGULAR,
        ),
        CheckConstraint("kind IN ('regular', 'interim', 'late')", name="kind"),
        CheckConstraint("state IN ('open', 'done')", name="state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    period: Mapped[str] = mapped_column(String(7))
    epoch_closed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime]
    #: NULL while agreements wait; the counts are final with it, but for parked ones that are billed later.
    finished_at: Mapped[datetime | None]
    statements: Mapped[int]
    parked: Mapped[int]


class SettlementItem(Base):
    """One agreement of a run; changed in the transaction that bills it."""

    __tablename__ = "settlement_items"
    __table_args__ = (CheckConstraint("state IN ('pending', 'done', 'parked')", name="state"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("settlement_runs.id"), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    #: Digest of what went into the bill, and of what came out; NULL until the item is done.
    input_digest: Mapped[str | None] = mapped_column(String(64))
    output_digest: Mapped[str | None] = mapped_column(String(64))
    #: Why the item is parked.
    error: Mapped[str | None] = mapped_column(String(500))
    #: NULL when nothing had changed, so that there was nothing to bill.
    statement_id: Mapped[str | None] = mapped_column(ForeignKey("statements.id"), unique=True)
