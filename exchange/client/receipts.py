"""Delivery receipts on the buyer's side: checked when they arrive, kept, and added up against a bill."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from exchange.core import canonical
from exchange.core.errors import DomainError
from exchange.trust import PublicKey, jws
from exchange.trust.purposes import RECEIPT


class ReceiptWrong(DomainError):
    """A receipt is not signed by the exchange, or does not describe what arrived."""

    kind = "conflict"
    code = "receipt-wrong"


@dataclass(frozen=True)
class Receipt:
    """What the exchange signed about one delivery."""

    token: str
    content: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.content["number"])

    @property
    def rows(self) -> int:
        return int(self.content["rows"])

    @property
    def period(self) -> str:
        return str(self.content["period"])


@dataclass
class ReceiptBook:
    """All receipts under one agreement; a gap or a wrong total shows at once."""

    exchange_key: PublicKey
    receipts: dict[int, Receipt] = field(default_factory=dict)

    def take(self, token: str, body: bytes) -> Receipt:
        """Check a receipt against the bytes it came with, and keep it.

        Raises:
            ReceiptWrong: other bytes than the receipt says, or another receipt of this number is held.
            SignatureInvalid: the exchange did not sign it.
        """
        _, payload = jws.verify_compact(token, key=self.exchange_key, typ=RECEIPT, role="exchange")
        receipt = Receipt(token, canonical.from_bytes(payload))
        if receipt.content["content_sha256"] != sha256(body).hexdigest():
            raise ReceiptWrong(f"delivery {receipt.number}: the bytes are not those of the receipt")
        if self.receipts.setdefault(receipt.number, receipt).content != receipt.content:
            raise ReceiptWrong(
                f"delivery {receipt.number}: the exchange signed two receipts of this number"
            )
        return receipt

    @property
    def rows(self) -> int:
        """Rows of all receipts held."""
        return sum(receipt.rows for receipt in self.receipts.values())
