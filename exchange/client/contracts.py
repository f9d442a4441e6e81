"""Verbs of negotiations and agreements."""

from typing import Any

from exchange.client.calls import Calls


class ContractVerbs(Calls):
    """Ask, offer, counter, compare, accept, and read what was agreed."""

    def request_access(self, request: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Ask for data, with a purpose (buyer)."""
        return self._post("/negotiations", request, key=key)

    def offer_privately(self, offer: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Offer a listing to one buyer who has not asked (provider)."""
        return self._post("/negotiations/offers", offer, key=key)

    def renew_agreement(
        self, agreement_id: str, *, key: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Begin to negotiate the agreement that is to follow a signed one."""
        return self._post(f"/agreements/{agreement_id}/renewal", changes, key=key)

    def offer_terms(self, negotiation_id: str, *, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """Offer conditions for a request or a counter-offer (provider)."""
        return self._post(f"/negotiations/{negotiation_id}/offer", changes, key=key)

    def counter_offer(
        self, negotiation_id: str, *, key: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Answer an offer with other conditions (buyer)."""
        return self._post(f"/negotiations/{negotiation_id}/counter-offer", changes, key=key)

    def accept_offer(self, negotiation_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Accept the other party's draft; the terms are frozen."""
        return self._post(f"/negotiations/{negotiation_id}/acceptance", key=key)

    def end_negotiation(
        self, negotiation_id: str, reason: str, *, key: str | None = None
    ) -> dict[str, Any]:
        """Decline as the provider, or withdraw as the buyer."""
        return self._post(f"/negotiations/{negotiation_id}/end", {"reason": reason}, key=key)

    def negotiations(self, **filters: Any) -> list[dict[str, Any]]:
        """Your negotiations, newest first."""
        return self._list("/negotiations", **filters)

    def negotiation(self, negotiation_id: str) -> dict[str, Any]:
        """One negotiation."""
        return self._get(f"/negotiations/{negotiation_id}")

    def rounds(self, negotiation_id: str) -> list[dict[str, Any]]:
        """Every round of a negotiation."""
        return self._list(f"/negotiations/{negotiation_id}/rounds")

    def draft_clauses(self, negotiation_id: str, **asked: Any) -> list[dict[str, Any]]:
        """A draft as clauses; `round` and `language` choose."""
        return self._list(f"/negotiations/{negotiation_id}/clauses", **asked)

    def differences(self, negotiation_id: str, **asked: Any) -> dict[str, Any]:
        """What one round changed of an earlier one; `before`, `after` and `language` choose."""
        return self._get(f"/negotiations/{negotiation_id}/differences", **asked)

    def agreement_of(self, negotiation_id: str) -> dict[str, Any]:
        """The agreement that a negotiation led to."""
        return self._list("/agreements", negotiation_id=negotiation_id)[0]

    def agreement(self, agreement_id: str) -> dict[str, Any]:
        """One agreement with its terms."""
        return self._get(f"/agreements/{agreement_id}")

    def agreements_of_contract(self, contract_id: str) -> list[dict[str, Any]]:
        """The agreement filed under a contract id of 47 characters; empty when there is none you may see."""
        return self._list("/agreements", contract_id=contract_id)

    def agreed_clauses(self, agreement_id: str, language: str) -> list[dict[str, Any]]:
        """The terms as clauses."""
        return self._list(f"/agreements/{agreement_id}/clauses", language=language)

    def policy(self, agreement_id: str) -> dict[str, Any]:
        """The usage policy of the terms as an ODRL agreement."""
        return self._get(f"/agreements/{agreement_id}/policy")

    def contract(self, agreement_id: str) -> dict[str, Any]:
        """The signed contract as one document."""
        return self._get(f"/agreements/{agreement_id}/contract")
