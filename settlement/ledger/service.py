"""What can be done with the books: open accounts, post transfers, reverse one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from exchange.core.clock import to_millis
from exchange.core.database import insert_ignoring
from exchange.core.errors import NotFound
from exchange.core.events import EXCHANGE, record_event
from settlement.ledger import queries
from settlement.ledger.errors import AlreadyReversed, TransferKeyReused, UnknownAccount
from settlement.ledger.events import TransferPosted
from settlement.ledger.models import (
    CURRENCY,
    Account,
    Balance,
    Entry,
    PostedTransfer,
    Purpose,
    account_id_of,
)
from settlement.ledger.posting import Leg, RunningEntry, Standing, Transfer, reversal_key_of, run_through


def open_account(
    session: Session,
    *,
    owner: str,
    purpose: Purpose,
    currency: str = CURRENCY,
    min_balance_fen: int | None = None,
) -> str:
    """Make sure that the owner has the account, and return its id; opening it again changes nothing."""
    account_id = account_id_of(owner, purpose, currency)
    # Its balance is made in the same transaction, and neither is ever deleted.
    if session.get(Account, account_id) is not None:
        return account_id
    insert_ignoring(
        session,
        Account,
        id=account_id,
        owner=owner,
        purpose=purpose,
        currency=currency,
        normal_side=purpose.normal_side,
        min_balance_fen=min_balance_fen,
    )
    insert_ignoring(
        session, Balance, account_id=account_id, posted_debit_fen=0, posted_credit_fen=0, version=0
    )
    return account_id


def post_batch(session: Session, transfers: Sequence[Transfer], *, now: datetime) -> list[str]:
    """Post transfers in their order, all or none, and return their ids.

    A transfer whose key is posted already has no second effect, so a batch may be sent again.

    Raises:
        TransferKeyReused: a key stands for another transfer.
        TransferUnbalanced, UnknownAccount, InsufficientFunds: nothing is posted.
    """
    standings = queries.lock_standings(
        session, (leg.account_id for transfer in transfers for leg in transfer.legs)
    )
    # Read under the accounts' locks: of two posters with one key the second finds the first one's transfer.
    fresh = _without_known(transfers, queries.digests_by_key(session, {item.key for item in transfers}))
    _require_known_accounts(fresh, standings)
    versions = {account_id: standing.version for account_id, standing in standings.items()}
    sums = {account_id: (item.debit_fen, item.credit_fen) for account_id, item in standings.items()}
    entries = run_through(fresh, standings)
    if fresh:
        session.execute(insert(PostedTransfer), [_row_of(transfer, now) for transfer in fresh])
        session.execute(insert(Entry), [asdict(entry) for entry in entries])
        _update_balances(session, standings, versions, sums)
        _record_events(session, fresh, entries, standings, now)
    return [transfer.id for transfer in transfers]


def reverse_transfer(session: Session, *, transfer_id: str, now: datetime) -> str:
    """Post the equal and opposite transfer, and return its id.

    Raises:
        NotFound: there is no such transfer.
        AlreadyReversed: it is reversed, or is itself a reversal.
    """
    original = queries.find_transfer(session, transfer_id)
    if original is None:
        raise NotFound(f"there is no transfer {transfer_id}")
    queries.lock_standings(session, (leg.account_id for leg in original.legs))
    if original.reverses is not None or queries.is_reversed(session, transfer_id):
        raise AlreadyReversed(f"transfer {transfer_id} is reversed already, or is a reversal")
    reversal = Transfer(
        key=reversal_key_of(transfer_id),
        kind="reversal",
        reference=original.reference,
        occurred_at=now,
        legs=tuple(Leg(leg.account_id, -leg.amount_fen) for leg in original.legs),
        reverses=transfer_id,
    )
    return post_batch(session, [reversal], now=now)[0]


def _without_known(transfers: Iterable[Transfer], known: Mapping[str, str]) -> list[Transfer]:
    digests = dict(known)
    fresh = []
    for transfer in transfers:
        if digests.setdefault(transfer.key, transfer.digest) != transfer.digest:
            raise TransferKeyReused(
                f"the key {transfer.key} stands for another transfer",
                field="key",
                remedy="Use a new key for a new transfer; repeat a transfer unchanged.",
            )
        if transfer.key not in known:
            fresh.append(transfer)
    # The same transfer twice in one batch is one transfer.
    return list({transfer.key: transfer for transfer in fresh}.values())


def _require_known_accounts(transfers: Iterable[Transfer], standings: Mapping[str, Standing]) -> None:
    for transfer in transfers:
        for leg in transfer.legs:
            if leg.account_id not in standings:
                raise UnknownAccount(f"there is no account {leg.account_id}", field="legs")


def _row_of(transfer: Transfer, now: datetime) -> dict[str, object]:
    return {
        "id": transfer.id,
        "key": transfer.key,
        "payload_digest": transfer.digest,
        "kind": transfer.kind,
        "reference": transfer.reference,
        "occurred_at": transfer.occurred_at,
        "booked_at": now,
        "reverses": transfer.reverses,
    }


def _update_balances(
    session: Session,
    standings: Mapping[str, Standing],
    versions: Mapping[str, int],
    sums: Mapping[str, tuple[int, int]],
) -> None:
    """One UPDATE per touched account, however many transfers touched it."""
    changed = [
        {
            "changed_id": account_id,
            "debit": standing.debit_fen - sums[account_id][0],
            "credit": standing.credit_fen - sums[account_id][1],
            "entries": standing.version - versions[account_id],
        }
        for account_id, standing in sorted(standings.items())
        if standing.version != versions[account_id]
    ]
    session.connection().execute(
        update(Balance)
        .where(Balance.account_id == bindparam("changed_id"))
        .values(
            posted_debit_fen=Balance.posted_debit_fen + bindparam("debit"),
            posted_credit_fen=Balance.posted_credit_fen + bindparam("credit"),
            version=Balance.version + bindparam("entries"),
        ),
        changed,
    )


def _record_events(
    session: Session,
    transfers: Iterable[Transfer],
    entries: Iterable[RunningEntry],
    standings: Mapping[str, Standing],
    now: datetime,
) -> None:
    by_transfer: dict[str, list[dict[str, object]]] = {}
    for entry in entries:
        standing = standings[entry.account_id]
        by_transfer.setdefault(entry.transfer_id, []).append(
            {
                "account_id": entry.account_id,
                "owner": standing.owner,
                "purpose": standing.purpose,
                "currency": standing.currency,
                "amount_fen": entry.amount_fen,
                "balance_after_fen": entry.balance_after_fen,
            }
        )
    for transfer in transfers:
        posted = TransferPosted(
            transfer_id=transfer.id,
            key=transfer.key,
            kind=transfer.kind,
            reference=transfer.reference,
            occurred_at=to_millis(transfer.occurred_at),
            reverses=transfer.reverses,
            payload_digest=transfer.digest,
            entries=by_transfer[transfer.id],
        )
        record_event(session, posted, subject=transfer.id, actor=EXCHANGE, at=now)
