"""The arithmetic of posting, without a database: service, verification and offline replay share it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.core import canonical
from exchange.core.clock import to_millis
from exchange.core.identifiers import derived_id
from settlement.ledger.errors import InsufficientFunds, TransferUnbalanced


@dataclass(frozen=True)
class Leg:
    """An amount on one account; debit is positive."""

    account_id: str
    amount_fen: int


@dataclass(frozen=True)
class Transfer:
    """A booking that is asked for; the same `key` asks for the same one."""

    key: str
    kind: str
    reference: str
    occurred_at: datetime
    legs: tuple[Leg, ...]
    reverses: str | None = None

    @property
    def id(self) -> str:
        return transfer_id_of(self.key)

    @property
    def digest(self) -> str:
        """SHA-256 over what is asked for; two transfers with one key must agree in it."""
        return payload_digest(
            kind=self.kind,
            reference=self.reference,
            occurred_at_ms=to_millis(self.occurred_at),
            reverses=self.reverses,
            legs=[(leg.account_id, leg.amount_fen) for leg in self.legs],
        )


@dataclass
class Standing:
    """An account as posting goes along: its bound, and its sums so far."""

    owner: str
    purpose: str
    currency: str
    is_debit: bool
    min_balance_fen: int | None
    debit_fen: int
    credit_fen: int
    version: int

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen

    def add(self, amount_fen: int) -> None:
        """Take an entry in."""
        self.debit_fen += max(0, amount_fen)
        self.credit_fen += max(0, -amount_fen)
        self.version += 1

    def require_within_bound(self) -> None:
        """Refuse a balance below the bound.

        Raises:
            InsufficientFunds: names the account by owner and purpose.
        """
        on_normal_side = self.balance_fen if self.is_debit else -self.balance_fen
        if self.min_balance_fen is not None and on_normal_side < self.min_balance_fen:
            raise InsufficientFunds(
                f"the {self.purpose} account of {self.owner} would stand at {on_normal_side} fen;"
                f" {self.min_balance_fen} is the least"
            )


@dataclass(frozen=True)
class RunningEntry:
    """An entry with its place on its account."""

    transfer_id: str
    leg: int
    account_id: str
    account_version: int
    amount_fen: int
    balance_after_fen: int


def transfer_id_of(key: str) -> str:
    """The id of the transfer with this key."""
    return derived_id("trf", key)


def reversal_key_of(transfer_id: Any) -> Any:
    """The key of a transfer's one reversal; takes a column too."""
    return "reversal:" + transfer_id


def payload_digest(
    *, kind: str, reference: str, occurred_at_ms: int, reverses: str | None, legs: Iterable[tuple[str, int]]
) -> str:
    """Digest of everything a transfer says, its key and its time of booking apart."""
    payload = {
        "kind": kind,
        "reference": reference,
        "occurred_at": occurred_at_ms,
        "reverses": reverses,
        "legs": [list(leg) for leg in legs],
    }
    return hashlib.sha256(canonical.to_bytes(payload)).hexdigest()


def require_balanced(legs: Iterable[tuple[str, int]]) -> None:
    """Refuse legs, given as currency and amount, that are no transfer.

    Raises:
        TransferUnbalanced: fewer than two legs, a leg of zero, or a currency whose legs do not sum to zero.
    """
    sums: Counter[str] = Counter()
    amounts = []
    for currency, amount_fen in legs:
        sums[currency] += amount_fen
        amounts.append(amount_fen)
    if len(amounts) < 2 or 0 in amounts:
        raise TransferUnbalanced("a transfer has two legs or more and none of them is zero", field="legs")
    for currency, total_fen in sums.items():
        if total_fen:
            raise TransferUnbalanced(
                f"the legs in {currency} sum to {total_fen} fen, not zero", field="legs"
            )


def run_through(transfers: Iterable[Transfer], standings: Mapping[str, Standing]) -> list[RunningEntry]:
    """Post the transfers to the standings in their order and return the entries.

    Bounds are checked after each whole transfer: a transfer may pass through an account.

    Raises:
        TransferUnbalanced, InsufficientFunds: the standings are not to be used any more.
    """
    entries = []
    for transfer in transfers:
        require_balanced((standings[leg.account_id].currency, leg.amount_fen) for leg in transfer.legs)
        for number, leg in enumerate(transfer.legs, start=1):
            standing = standings[leg.account_id]
            standing.add(leg.amount_fen)
            entries.append(
                RunningEntry(
                    transfer.id,
                    number,
                    leg.account_id,
                    standing.version,
                    leg.amount_fen,
                    standing.balance_fen,
                )
            )
        for account_id in {leg.account_id for leg in transfer.legs}:
            standings[account_id].require_within_bound()
    return entries
