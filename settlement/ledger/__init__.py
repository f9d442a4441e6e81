"""The books: accounts, and balanced transfers between them; knows no other feature.

What a transfer is for stands in its opaque `reference`. The port is narrow on purpose (`post_batch`,
`balances`, `verify`), so that another engine can stand behind it.
"""

from settlement.ledger.models import Purpose, account_id_of
from settlement.ledger.posting import Leg, Transfer, transfer_id_of
from settlement.ledger.queries import (
    AccountBalance,
    PostedEntry,
    balances,
    entries_of,
    trial_balance,
    trial_balance_fen,
)
from settlement.ledger.service import open_account, post_batch, reverse_transfer
from settlement.ledger.verification import LedgerFinding, verify

__all__ = [
    "AccountBalance",
    "LedgerFinding",
    "Leg",
    "PostedEntry",
    "Purpose",
    "Transfer",
    "account_id_of",
    "balances",
    "entries_of",
    "open_account",
    "post_batch",
    "reverse_transfer",
    "transfer_id_of",
    "trial_balance",
    "trial_balance_fen",
    "verify",
]
