"""The exchange's verbs for programs: register, list, negotiate, sign, read data, settle, verify."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.client.calls import API
from exchange.client.catalogue import CatalogueVerbs
from exchange.client.connection import Refused
from exchange.client.contracts import ContractVerbs
from exchange.client.datasets import DatasetVerbs
from exchange.client.declarations import DeclarationVerbs
from exchange.client.demands import DemandVerbs
from exchange.client.keys import sign_terms
from exchange.client.lives import LifeVerbs
from exchange.client.messages import MessageVerbs
from exchange.client.receipts import Receipt, ReceiptBook
from exchange.client.revisions import RevisionVerbs
from exchange.client.search import SearchVerbs
from exchange.client.signing_keys import KeyVerbs
from exchange.client.webhooks import WebhookVerbs
from exchange.core.errors import DomainError
from exchange.trust import PrivateKey


class TermsChanged(DomainError):
    """The bytes to sign are not the ones the caller agreed to."""

    kind = "conflict"
    code = "terms-changed"


@dataclass(frozen=True)
class Delivery:
    """One answer of the gate with its checked receipt."""

    body: bytes
    receipt: Receipt
    rows: int
    next_cursor: str | None


class Exchange(
    CatalogueVerbs,
    DatasetVerbs,
    RevisionVerbs,
    SearchVerbs,
    DemandVerbs,
    DeclarationVerbs,
    KeyVerbs,
    MessageVerbs,
    WebhookVerbs,
    ContractVerbs,
    LifeVerbs,
):
    """One person's view of the exchange.

    Methods that change something take a `key`: sent again with the same key they have one effect.
    """

    # Participants

    def register_organisation(
        self, registration: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Register an organisation and its first person."""
        return self._post("/organisations", registration, key=key)

    def sign_in(self, login: str, password: str) -> None:
        """Get an access token and use it from now on."""
        answer = self._post("/access-tokens", {"login": login, "password": password})
        self.connection.token = answer["token"]

    def decide_organisation(self, organisation_id: str, decision: str, reason: str) -> dict[str, Any]:
        """Verify or reject an organisation (operator)."""
        body = {"decision": decision, "reason": reason}
        return self._post(f"/organisations/{organisation_id}/decision", body)

    def add_person(self, person: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Let a further person act for your organisation (its admin)."""
        return self._post("/people", person, key=key)

    def people(self) -> list[dict[str, Any]]:
        """The people of your organisation."""
        return self._list("/people")

    # Signing

    def terms_bytes(self, agreement_id: str) -> bytes:
        """The exact bytes to sign."""
        return bytes(self.connection.get(f"{API}/agreements/{agreement_id}/terms").content)

    def sign_agreement(
        self,
        agreement_id: str,
        key: PrivateKey,
        *,
        role: str,
        expected_sha256: str,
        request_key: str | None = None,
    ) -> dict[str, Any]:
        """Sign the terms with a key that stays on this machine.

        Args:
            expected_sha256: digest of the terms the caller has read; other bytes are not signed.

        Raises:
            TermsChanged: the exchange gives other bytes to sign.
        """
        terms = self.terms_bytes(agreement_id)
        if hashlib.sha256(terms).hexdigest() != expected_sha256:
            raise TermsChanged("the exchange gives other terms to sign than those that were read")
        body = sign_terms(terms, key, role=role)
        try:
            return self._post(f"/agreements/{agreement_id}/signature", body, key=request_key)
        except Refused as refusal:
            # After a lost answer: this second signature is another one, and the first one stands.
            if refusal.code != "already-signed":
                raise
            return self.agreement(agreement_id)

    # Deliveries

    def read_page(
        self, agreement_id: str, book: ReceiptBook, *, request_id: str, **question: Any
    ) -> Delivery:
        """Read one page of rows; the same `request_id` again is the same delivery."""
        response = self.connection.get(
            f"{API}/agreements/{agreement_id}/rows", request_id=request_id, **question
        )
        receipt = book.take(response.headers["WDX-Receipt"], response.content)
        return Delivery(
            response.content,
            receipt,
            int(response.headers["WDX-Rows"]),
            response.headers.get("WDX-Next-Cursor"),
        )

    def read_all(
        self, agreement_id: str, book: ReceiptBook, *, request_prefix: str, limit: int, **question: Any
    ) -> Iterator[Delivery]:
        """Follow the pages to the end; every page has a request id made of the prefix and its cursor."""
        cursor = None
        while True:
            page = self.read_page(
                agreement_id,
                book,
                request_id=f"{request_prefix}/{cursor or 'start'}",
                limit=limit,
                cursor=cursor,
                **question,
            )
            yield page
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    def download_file(
        self, agreement_id: str, book: ReceiptBook, *, request_id: str, **question: Any
    ) -> Delivery:
        """Download all granted rows as one file."""
        response = self.connection.get(
            f"{API}/agreements/{agreement_id}/file", request_id=request_id, **question
        )
        receipt = book.take(response.headers["WDX-Receipt"], response.content)
        return Delivery(response.content, receipt, int(response.headers["WDX-Rows"]), None)

    def usage(self, agreement_id: str) -> dict[str, Any]:
        """What is used of an agreement."""
        return self._get(f"/agreements/{agreement_id}/usage")

    # Prices

    def simulate_price(
        self,
        *,
        plan: dict[str, Any] | None = None,
        usage: list[dict[str, Any]] | None = None,
        agreement_id: str | None = None,
        period: str | None = None,
        **terms: Any,
    ) -> dict[str, Any]:
        """What use costs: of rows of imagined use, or of an agreement's real use in a month.

        Args:
            plan: the price plan; an agreement's own one when left out.
            terms: `starts_on` and `ends_on` of the imagined agreement, `tax_rate_bp`, `tax_included`.
        """
        asked = {"plan": plan, "usage": usage, "agreement_id": agreement_id, "period": period, **terms}
        given = {name: value for name, value in asked.items() if value is not None}
        return self._post("/price-simulations", given)

    def compare_prices(
        self, old: dict[str, Any], new: dict[str, Any], *, notice_given_on: str | None = None
    ) -> dict[str, Any]:
        """Whether a change of price may take effect now; `old` and `new` hold `plan` and tax terms."""
        notice = {} if notice_given_on is None else {"notice_given_on": notice_given_on}
        return self._post("/price-comparisons", {"old": old, "new": new, **notice})

    # Settlement and evidence

    def run_settlement(self, period: str, *, interim: bool) -> dict[str, Any]:
        """Turn a period's deliveries into statements (operator)."""
        return self._post("/settlement-runs", {"period": period, "interim": interim})

    def statements(self, *, agreement_id: str | None = None) -> list[dict[str, Any]]:
        """The statements the caller may see."""
        return self._list("/statements", agreement_id=agreement_id)

    def trial_balance_fen(self) -> int:
        """The sum of all accounts; anything but 0 is a fault (operator, regulator)."""
        return int(self._get("/ledger/trial-balance")["difference_fen"])

    def log_status(self) -> dict[str, Any]:
        """How the evidence log stands."""
        return self._get("/log")

    def download_bundle(self, path: Path) -> None:
        """Download everything logged so far as an evidence bundle (operator, regulator)."""
        response = self.connection.get(f"{API}/log/bundle")
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(response.content)
        partial.replace(path)
