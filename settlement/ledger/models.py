"""Tables of the ledger. Amounts are fen; in entries and running balances debit is positive."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base
from exchange.core.identifiers import derived_id

CURRENCY = "CNY"


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Purpose(StrEnum):
    """What an account is for; the chart of accounts grows here."""

    BUYER_RECEIVABLE = "buyer_receivable"
    PROVIDER_PAYABLE = "provider_payable"
    PLATFORM_FEE_INCOME = "platform_fee_income"

    @property
    def normal_side(self) -> Side:
        return Side.DEBIT if self is Purpose.BUYER_RECEIVABLE else Side.CREDIT


def account_id_of(owner: str, purpose: str, currency: str = CURRENCY) -> str:
    """The id that the account of an owner for a purpose always has."""
    return derived_id("acc", owner, purpose, currency)


class Account(Base):
    """A place where money is owed; its row is also the lock under which it is posted to."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("owner", "purpose", "currency"),
        CheckConstraint("normal_side IN ('debit', 'credit')", name="normal_side"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    normal_side: Mapped[str] = mapped_column(String(6))
    #: Least balance on the normal side; NULL when there is no bound.
    min_balance_fen: Mapped[int | None] = mapped_column(BigInteger)


class PostedTransfer(Base):
    """One booking; never changed. A mistake is corrected by its reversal."""

    __tablename__ = "ledger_transfers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Given by the caller; the same key has one effect, for ever.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    payload_digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    #: The document behind the transfer, in words of the feature that posts.
    reference: Mapped[str] = mapped_column(String(120))
    occurred_at: Mapped[datetime]
    booked_at: Mapped[datetime]
    #: The transfer that this one undoes; NULL for all others.
    reverses: Mapped[str | None] = mapped_column(ForeignKey("ledger_transfers.id"), unique=True)


class Entry(Base):
    """One leg of a transfer; never changed."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("account_id", "account_version"),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
    )

    transfer_id: Mapped[str] = mapped_column(ForeignKey("ledger_transfers.id"), primary_key=True)
    leg: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.id"))
    #: Counts the entries of the account: their order, in which a gap would show.
    account_version: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    #: Debits less credits of the account up to and including this entry.
    balance_after_fen: Mapped[int] = mapped_column(BigInteger)


class Balance(Base):
    """The sums of an account's entries, kept by the transaction that adds entries."""

    __tablename__ = "ledger_balances"
    __table_args__ = (
        CheckConstraint("posted_debit_fen >= 0 AND posted_credit_fen >= 0", name="not_negative"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True)
    posted_debit_fen: Mapped[int] = mapped_column(BigInteger)
    posted_credit_fen: Mapped[int] = mapped_column(BigInteger)
    #: Number of the account's entries.
    version: Mapped[int] = mapped_column(BigInteger)
