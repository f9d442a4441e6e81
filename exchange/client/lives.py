"""Verbs about the life of agreements: orders, ends, handover, disputes, destruction."""

import time
from typing import Any

from exchange.client.calls import Calls
from exchange.trust import PrivateKey, jws
from exchange.trust.purposes import DESTRUCTION, destruction_payload


class LifeVerbs(Calls):
    """What people do with an agreement after it was agreed."""

    def order_suspension(self, order: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Stop every delivery under an agreement or of an organisation (regulator, operator)."""
        return self._post("/suspension-orders", order, key=key)

    def lift_suspension(self, order_id: str, reason: str, *, key: str | None = None) -> dict[str, Any]:
        """Lift an order that your authority gave."""
        return self._post(f"/suspension-orders/{order_id}/lifting", {"reason": reason}, key=key)

    def suspensions(self, *, standing: bool = True) -> list[dict[str, Any]]:
        """The suspension orders, the newest first (regulator, operator)."""
        return self._list("/suspension-orders", standing=str(standing).lower())

    def life(self, agreement_id: str) -> dict[str, Any]:
        """Where an agreement stands, when it ends and why."""
        return self._get(f"/agreements/{agreement_id}/life")

    def lives(self, *, state: str | None = None, after: str | None = None) -> list[dict[str, Any]]:
        """A page of the agreements you may see, by where they stand."""
        return self._list("/agreements/lives", state=state, after=after)

    def take_step(
        self, agreement_id: str, step: str, content: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Take a step in the life of an agreement; gives how it stands then."""
        return self._post(f"/agreements/{agreement_id}/steps", {"step": step, "content": content}, key=key)

    def preview_step(self, agreement_id: str, step: str, content: dict[str, Any]) -> dict[str, Any]:
        """What a step would do to money, data and access; nothing happens."""
        body = {"step": step, "content": content}
        return self._post(f"/agreements/{agreement_id}/step-previews", body)


def destruction_of(
    agreement: dict[str, Any], said: dict[str, Any], at_ms: int, key: PrivateKey
) -> dict[str, Any]:
    """The content of the step `destroyed`, signed with the buyer's own key.

    Args:
        said: `method`, `destroyed_at` as text, `by` and `statement`.
        at_ms: the same `destroyed_at` in milliseconds, which is what is signed.
    """
    payload = destruction_payload(
        agreement["id"], agreement["terms_sha256"], {**said, "destroyed_at": at_ms}
    )
    signature = jws.sign(payload, key, typ=DESTRUCTION, role="buyer", issued_at=int(time.time()))
    plain = {"protected": signature.protected, "signature": signature.signature}
    return {**said, "kid": key.kid, "signature": plain}
