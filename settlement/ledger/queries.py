"""Reads of the books."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from settlement.ledger.models import CURRENCY, Account, Balance, Entry, PostedTransfer, Side
from settlement.ledger.posting import Leg, Standing, Transfer

T = TypeVar("T")
#: Values in one IN list; both databases limit the parameters of a statement.
_CHUNK = 10_000


@dataclass(frozen=True)
class AccountBalance:
    """What stands on an account; `balance_fen` is on its normal side."""

    account_id: str
    owner: str
    purpose: str
    currency: str
    normal_side: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        difference = self.debit_fen - self.credit_fen
        return difference if self.normal_side == Side.DEBIT else -difference


@dataclass(frozen=True)
class PostedEntry:
    """An entry as documents show it; debit is positive."""

    transfer_id: str
    leg: int
    account_id: str
    owner: str
    purpose: str
    amount_fen: int
    balance_after_fen: int


def balances(session: Session, account_ids: Iterable[str]) -> dict[str, AccountBalance]:
    """What stands on these accounts; those that were never opened are left out."""
    found: dict[str, AccountBalance] = {}
    for some in chunks(sorted(set(account_ids))):
        found |= {
            item.account_id: item for item in _balances(session, _accounts().where(Account.id.in_(some)))
        }
    return found


def trial_balance(session: Session) -> list[AccountBalance]:
    """Every account with its sums, by purpose and owner."""
    return _balances(session, _accounts().order_by(Account.purpose, Account.owner))


def trial_balance_fen(session: Session, currency: str = CURRENCY) -> int:
    """All debits less all credits of a currency; anything but zero is an error in the books."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Balance.posted_debit_fen - Balance.posted_credit_fen), 0))
            .join(Account, Account.id == Balance.account_id)
            .where(Account.currency == currency)
        )
        or 0
    )


def entries_of(session: Session, transfer_id: str) -> list[PostedEntry]:
    """The legs of a transfer in their order."""
    rows = session.execute(
        select(
            Entry.transfer_id,
            Entry.leg,
            Entry.account_id,
            Account.owner,
            Account.purpose,
            Entry.amount_fen,
            Entry.balance_after_fen,
        )
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.transfer_id == transfer_id)
        .order_by(Entry.leg)
    )
    return [PostedEntry(*row) for row in rows]


def find_transfer(session: Session, transfer_id: str) -> Transfer | None:
    """A posted transfer in the words in which it was asked for; None when there is none."""
    row = session.get(PostedTransfer, transfer_id)
    if row is None:
        return None
    legs = tuple(Leg(entry.account_id, entry.amount_fen) for entry in entries_of(session, transfer_id))
    return Transfer(row.key, row.kind, row.reference, row.occurred_at, legs, row.reverses)


def is_reversed(session: Session, transfer_id: str) -> bool:
    """Whether a reversal of the transfer is posted."""
    query = select(PostedTransfer.id).where(PostedTransfer.reverses == transfer_id)
    return session.scalar(query) is not None


def digests_by_key(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """The payload digests of those keys that are posted."""
    found: dict[str, str] = {}
    for some in chunks(list(keys)):
        rows = session.execute(
            select(PostedTransfer.key, PostedTransfer.payload_digest).where(PostedTransfer.key.in_(some))
        )
        found.update({key: digest for key, digest in rows})  # noqa: C416 - rows are no pairs to the type checker
    return found


def lock_standings(session: Session, account_ids: Iterable[str]) -> dict[str, Standing]:
    """Lock the accounts in the order of their ids and read where they stand.

    Locked first and in one order, else the foreign keys of the entries deadlock two posters.
    """
    standings: dict[str, Standing] = {}
    for some in chunks(sorted(set(account_ids))):
        session.execute(
            select(Account.id)
            .where(Account.id.in_(some))
            .order_by(Account.id)
            .with_for_update(key_share=True)
        )
        rows = session.execute(
            select(
                Account.id,
                Account.owner,
                Account.purpose,
                Account.currency,
                Account.normal_side,
                Account.min_balance_fen,
                Balance.posted_debit_fen,
                Balance.posted_credit_fen,
                Balance.version,
            )
            .join(Balance, Balance.account_id == Account.id)
            .where(Account.id.in_(some))
        )
        for account_id, owner, purpose, currency, side, least_fen, debit_fen, credit_fen, version in rows:
            standings[account_id] = Standing(
                owner, purpose, currency, side == Side.DEBIT, least_fen, debit_fen, credit_fen, version
            )
    return standings


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long list into parts that fit one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _accounts() -> Select[str, str, str, str, str, int, int]:
    return select(
        Account.id,
        Account.owner,
        Account.purpose,
        Account.currency,
        Account.normal_side,
        Balance.posted_debit_fen,
        Balance.posted_credit_fen,
    ).join(Balance, Balance.account_id == Account.id)


def _balances(session: Session, query: Select[str, str, str, str, str, int, int]) -> list[AccountBalance]:
    return [AccountBalance(*row) for row in session.execute(query)]
