"""The exchange's verbs about the demand board: say what one needs, claim what others need."""

from typing import Any

from exchange.client.calls import Calls


class DemandVerbs(Calls):
    """What buyers, providers and the operator do with demands."""

    def write_demand(self, content: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Draft a demand (buyer)."""
        return self._post("/demands", content, key=key)

    def rewrite_demand(
        self, demand_id: str, content: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Write a draft anew (buyer)."""
        return self._post(f"/demands/{demand_id}/content", content, key=key)

    def submit_demand(self, demand_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Ask for review of a demand (buyer)."""
        return self._post(f"/demands/{demand_id}/submission", key=key)

    def review_demand(
        self, demand_id: str, decision: str, reason: str, *, key: str | None = None
    ) -> dict[str, Any]:
        """Open a demand, or return it (operator)."""
        body = {"decision": decision, "reason": reason}
        return self._post(f"/demands/{demand_id}/review", body, key=key)

    def demands(self, **asked: Any) -> list[dict[str, Any]]:
        """The demands on the board, or with `mine` or a `state` others that the caller may see."""
        return self._list("/demands", **asked)

    def fitting_demands(self) -> list[dict[str, Any]]:
        """Demands that the caller's listings fit (provider)."""
        return self._list("/demands/fitting")

    def demand(self, demand_id: str) -> dict[str, Any]:
        """One demand."""
        return self._get(f"/demands/{demand_id}")

    def listings_for_demand(self, demand_id: str) -> list[dict[str, Any]]:
        """What is on offer and fits a demand."""
        return self._list(f"/demands/{demand_id}/listings")

    def claims(self, demand_id: str) -> list[dict[str, Any]]:
        """The claims on a demand that the caller may see."""
        return self._list(f"/demands/{demand_id}/claims")

    def claim_demand(
        self, demand_id: str, message: str, *, listing_id: str | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """Claim a demand (provider)."""
        body = {"message": message, "listing_id": listing_id}
        return self._post(f"/demands/{demand_id}/claims", body, key=key)

    def confirm_claim(self, demand_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Take up the claim on one's demand (buyer)."""
        return self._post(f"/demands/{demand_id}/confirmation", key=key)

    def decline_claim(self, demand_id: str, reason: str, *, key: str | None = None) -> dict[str, Any]:
        """Do not take up the claim (buyer)."""
        return self._post(f"/demands/{demand_id}/refusal", {"reason": reason}, key=key)

    def withdraw_demand(self, demand_id: str, reason: str, *, key: str | None = None) -> dict[str, Any]:
        """Take one's demand back (buyer)."""
        return self._post(f"/demands/{demand_id}/withdrawal", {"reason": reason}, key=key)

    def intervene_in_demand(self, demand_id: str, note: str, *, key: str | None = None) -> dict[str, Any]:
        """Step in for a demand that nobody claimed for seven days (operator)."""
        return self._post(f"/demands/{demand_id}/intervention", {"note": note}, key=key)
