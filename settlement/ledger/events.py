"""Facts about the books."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class TransferPosted:
    """A balanced transfer was booked; `entries` holds all its legs with the balances they led to."""

    type: ClassVar[str] = "ledger.transfer_posted"
    transfer_id: str
    key: str
    kind: str
    reference: str
    occurred_at: int
    reverses: str | None
    payload_digest: str
    entries: list[dict[str, Any]]
