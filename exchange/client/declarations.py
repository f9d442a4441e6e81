"""The exchange's verbs about revenue of which the provider gets a share."""

from typing import Any

from exchange.client.calls import Calls
from exchange.client.receipts import ReceiptWrong
from exchange.core import canonical
from exchange.trust import PublicKey, jws
from exchange.trust.purposes import DECLARATION


class DeclarationVerbs(Calls):
    """What a buyer declares, and both parties read."""

    def declare_revenue(
        self,
        agreement_id: str,
        period: str,
        revenue_fen: int,
        covers: str,
        *,
        key: str | None = None,
        **details: Any,
    ) -> dict[str, Any]:
        """Declare the whole revenue of a month (buyer).

        Args:
            details: `evidence` in words, `evidence_sha256` of a document that stays with the buyer, and
                `corrects`, the number of the declaration that this one replaces.
        """
        body = {"period": period, "revenue_fen": revenue_fen, "covers": covers, **details}
        return self._post(f"/agreements/{agreement_id}/revenue-declarations", body, key=key)

    def revenue_declarations(self, agreement_id: str, *, period: str | None = None) -> list[dict[str, Any]]:
        """What is declared under an agreement, the newest months first; the last one of a month counts."""
        return self._list(f"/agreements/{agreement_id}/revenue-declarations", period=period)


def check_declaration(declaration: dict[str, Any], exchange_key: PublicKey) -> None:
    """Check that the receipt of a declaration says what the declaration says.

    Raises:
        ReceiptWrong: it says something else.
        SignatureInvalid: the exchange did not sign it.
    """
    _, payload = jws.verify_compact(
        declaration["receipt"], key=exchange_key, typ=DECLARATION, role="exchange"
    )
    signed = canonical.from_bytes(payload)
    told = {**declaration, "declaration_id": declaration["id"]}
    for name in signed.keys() - {"declared_at"}:
        if signed[name] != told[name]:
            raise ReceiptWrong(f"declaration {signed['number']}: the exchange signed another {name}")
