"""Does every rule of the books hold? Small checks over the rows, each returning what it found.

The constraints of the database and the posting function keep these rules; this finds out whether somebody
went around both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.core.clock import to_millis
from settlement.ledger.models import Account, Balance, Entry, PostedTransfer
from settlement.ledger.posting import payload_digest, reversal_key_of, transfer_id_of


@dataclass(frozen=True)
class LedgerFinding:
    """A rule that does not hold, where, and how."""

    check: str
    subject: str
    detail: str


def verify(session: Session) -> list[LedgerFinding]:
    """Check the whole ledger; an empty list means that every rule holds."""
    return [finding for check in CHECKS for finding in check(session)]


def check_transfers_balance(session: Session) -> Iterator[LedgerFinding]:
    """The legs of a transfer sum to zero per currency."""
    rows = session.execute(
        select(Entry.transfer_id, Account.currency, func.sum(Entry.amount_fen))
        .join(Account, Account.id == Entry.account_id)
        .group_by(Entry.transfer_id, Account.currency)
        .having(func.sum(Entry.amount_fen) != 0)
        .order_by(Entry.transfer_id)
    )
    for transfer_id, currency, total_fen in rows:
        yield LedgerFinding("sums", transfer_id, f"the legs in {currency} sum to {total_fen} fen, not zero")


def check_transfers_have_legs(session: Session) -> Iterator[LedgerFinding]:
    """A transfer has two legs or more, numbered without gaps."""
    legs = func.count(Entry.leg)
    rows = session.execute(
        select(PostedTransfer.id, legs)
        .outerjoin(Entry, Entry.transfer_id == PostedTransfer.id)
        .group_by(PostedTransfer.id)
        .having(or_(legs < 2, func.max(Entry.leg) != legs))
        .order_by(PostedTransfer.id)
    )
    for transfer_id, count in rows:
        yield LedgerFinding("legs", transfer_id, f"{count} legs are found, so some are missing")


def check_balances(session: Session) -> Iterator[LedgerFinding]:
    """The kept sums of an account are those of its entries, added again."""
    debit = func.coalesce(func.sum(Entry.amount_fen).filter(Entry.amount_fen > 0), 0)
    credit = func.coalesce(-func.sum(Entry.amount_fen).filter(Entry.amount_fen < 0), 0)
    added = (
        select(
            Account.id.label("account_id"),
            debit.label("debit"),
            credit.label("credit"),
            func.count(Entry.leg).label("entries"),
        )
        .outerjoin(Entry, Entry.account_id == Account.id)
        .group_by(Account.id)
        .subquery()
    )
    rows = session.execute(
        select(added.c.account_id, added.c.debit, added.c.credit, added.c.entries)
        .outerjoin(Balance, Balance.account_id == added.c.account_id)
        .where(
            or_(
                Balance.account_id.is_(None),
                Balance.posted_debit_fen != added.c.debit,
                Balance.posted_credit_fen != added.c.credit,
                Balance.version != added.c.entries,
            )
        )
        .order_by(added.c.account_id)
    )
    for account_id, debit_fen, credit_fen, entries in rows:
        yield LedgerFinding(
            "balances",
            account_id,
            f"{entries} entries add to {debit_fen} fen debit and {credit_fen} fen credit; the balance says otherwise",
        )


def check_running_balances(session: Session) -> Iterator[LedgerFinding]:
    """Each entry's balance is the running sum of its account, and the entries are numbered without gaps."""
    running = select(
        Entry.account_id,
        Entry.account_version,
        Entry.balance_after_fen,
        func.sum(Entry.amount_fen)
        .over(partition_by=Entry.account_id, order_by=Entry.account_version)
        .label("summed"),
        func.row_number()
        .over(partition_by=Entry.account_id, order_by=Entry.account_version)
        .label("place"),
    ).subquery()
    rows = session.execute(
        select(running)
        .where(
            or_(
                running.c.balance_after_fen != running.c.summed,
                running.c.account_version != running.c.place,
            )
        )
        .order_by(running.c.account_id, running.c.account_version)
    )
    for account_id, version, balance_fen, summed_fen, _ in rows:
        yield LedgerFinding(
            "running balances",
            account_id,
            f"entry {version} says {balance_fen} fen; the entries up to it sum to {summed_fen} fen",
        )


def check_bounds(session: Session) -> Iterator[LedgerFinding]:
    """No bounded account stands below its bound."""
    on_debit_side = Balance.posted_debit_fen - Balance.posted_credit_fen
    rows = session.execute(
        select(Account.id, Account.min_balance_fen)
        .join(Balance, Balance.account_id == Account.id)
        .where(
            or_(
                and_(Account.normal_side == "debit", on_debit_side < Account.min_balance_fen),
                and_(Account.normal_side == "credit", -on_debit_side < Account.min_balance_fen),
            )
        )
        .order_by(Account.id)
    )
    for account_id, least_fen in rows:
        yield LedgerFinding("bounds", account_id, f"the balance is below the least one, {least_fen} fen")


def check_keys(session: Session) -> Iterator[LedgerFinding]:
    """One key, one transfer, under the id that the key gives."""
    rows = session.execute(select(PostedTransfer.id, PostedTransfer.key).order_by(PostedTransfer.id))
    for transfer_id, key in rows:
        if transfer_id != transfer_id_of(key):
            yield LedgerFinding("keys", transfer_id, f"the key {key} belongs to another transfer")


def check_digests(session: Session) -> Iterator[LedgerFinding]:
    """A transfer says what it said when it was posted."""
    rows = session.execute(
        select(PostedTransfer, Entry.account_id, Entry.amount_fen)
        .join(Entry, Entry.transfer_id == PostedTransfer.id)
        .order_by(PostedTransfer.id, Entry.leg)
        .execution_options(yield_per=1000)
    )
    for _, group in groupby(rows, key=lambda row: row[0].id):
        legs = list(group)
        transfer: PostedTransfer = legs[0][0]
        digest = payload_digest(
            kind=transfer.kind,
            reference=transfer.reference,
            occurred_at_ms=to_millis(transfer.occurred_at),
            reverses=transfer.reverses,
            legs=[(account_id, amount_fen) for _, account_id, amount_fen in legs],
        )
        if digest != transfer.payload_digest:
            yield LedgerFinding("digests", transfer.id, "the transfer is not the one that was posted")


def check_reversals(session: Session) -> Iterator[LedgerFinding]:
    """A reversal is equal and opposite to a transfer that is no reversal, and by its key the only one of it."""
    reversal, original = aliased(PostedTransfer), aliased(PostedTransfer)
    undone, undoing = aliased(Entry), aliased(Entry)
    unmatched = (
        select(undone.leg)
        .outerjoin(
            undoing,
            and_(
                undoing.transfer_id == reversal.id,
                undoing.leg == undone.leg,
                undoing.account_id == undone.account_id,
                undoing.amount_fen == -undone.amount_fen,
            ),
        )
        .where(undone.transfer_id == original.id, undoing.leg.is_(None))
        .correlate(reversal, original)
        .exists()
    )
    rows = session.execute(
        select(reversal.id, original.id)
        .join(original, original.id == reversal.reverses)
        .where(
            or_(
                original.reverses.is_not(None),
                reversal.key != reversal_key_of(original.id),
                unmatched,
            )
        )
        .order_by(reversal.id)
    )
    for reversal_id, original_id in rows:
        yield LedgerFinding("reversals", reversal_id, f"it is not the one reversal of {original_id}")


CHECKS: tuple[Callable[[Session], Iterator[LedgerFinding]], ...] = (
    check_transfers_balance,
    check_transfers_have_legs,
    check_balances,
    check_running_balances,
    check_bounds,
    check_keys,
    check_digests,
    check_reversals,
)
