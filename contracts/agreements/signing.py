"""Who signs what: the parties sign the terms, the exchange signs last, over the parties' signatures."""

import hashlib
from collections.abc import Mapping

from contracts.terms import Terms
from exchange.core import canonical
from exchange.trust import Header, PublicKey, Signature, SignatureInvalid, jws
from exchange.trust.purposes import CONTRACT
from exchange.trust.suites import require_suite


def verify_party(terms: Terms, role: str, signature: Signature, key: PublicKey) -> Header:
    """Check a party's signature; the terms, not the caller, say which key it must be made with.

    Raises:
        SignatureInvalid: another key than the terms name, other bytes, or another role.
        SuiteNotMet: the key is not of the suite that the terms demand.
    """
    party = terms.party(role)
    require_suite(terms.required_suite, {party.algorithm})
    if key.kid != party.kid or key.algorithm != party.algorithm:
        raise SignatureInvalid(
            f"the terms name key {party.kid} for the {role}, not {key.kid}",
            field="signature",
            remedy="Sign with the key that was enrolled when the terms were frozen.",
        )
    return jws.verify(terms.data, signature, key=key, typ=CONTRACT, role=role)


def countersignature_payload(terms: Terms, signatures: Mapping[str, Signature]) -> bytes:
    """What the exchange signs: the terms and every party signature, so that none can be taken away."""
    digests = {
        role: hashlib.sha256(f"{item.protected}.{item.signature}".encode()).hexdigest()
        for role, item in signatures.items()
    }
    return canonical.to_bytes({"contract": terms.digest, "signatures": digests})
