"""The exchange's verbs about signing keys: enrol, replace, renew, revoke, and what vouches for them."""

from typing import Any

from exchange.client.calls import Calls
from exchange.client.keys import enrolment_of
from exchange.trust import PrivateKey, PublicKey


class KeyVerbs(Calls):
    """What members do with their keys, and what everybody may know of the exchange's."""

    def me(self) -> dict[str, Any]:
        """Who the token belongs to."""
        return self._get("/me")

    def enrol_key(self, key: PrivateKey, *, replaces: PrivateKey | None = None) -> dict[str, Any]:
        """Enrol and certify the public half of the caller's own key; repeating it changes nothing.

        Args:
            replaces: the own key whose place the new one takes; it signs too.
        """
        asked = {"public_jwk": dict(key.public.jwk), "replaces": replaces.kid if replaces else None}
        challenge = self._post("/signing-keys/challenges", asked)
        return self._post("/signing-keys", enrolment_of(key, challenge, me=self.me(), replaces=replaces))

    def signing_keys(self) -> list[dict[str, Any]]:
        """The keys of the caller's organisation, newest first."""
        return self._list("/signing-keys")

    def signing_key(self, kid: str) -> dict[str, Any]:
        """One key with its certificate."""
        return self._get(f"/signing-keys/{kid}")

    def renew_key(self, kid: str) -> dict[str, Any]:
        """Renew the certificate of an own key in the last months of its time."""
        return self._post(f"/signing-keys/{kid}/certificate")

    def revoke_key(self, kid: str, reason: str, note: str = "") -> dict[str, Any]:
        """End an own key for good (the operator: anybody's)."""
        return self._post(f"/signing-keys/{kid}/revocation", {"reason": reason, "note": note})

    def signature_algorithms(self) -> list[dict[str, Any]]:
        """The algorithms of the registry, as the server can use them."""
        return self._list("/signature-algorithms")

    def authorities(self) -> list[dict[str, Any]]:
        """The keys of the certificate authority with their roots and revocation lists."""
        return self._list("/authority")

    def exchange_keys(self) -> list[dict[str, Any]]:
        """The keys with which the exchange signs."""
        return self._list("/exchange-keys")

    def exchange_signing_key(self) -> PublicKey:
        """The key with which the exchange signs receipts; compare it with what you know of it."""
        keys = {item["purpose"]: item["public_jwk"] for item in self.exchange_keys()}
        return PublicKey.from_jwk(keys["signing"])
