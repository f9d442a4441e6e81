"""The caller's own signing key: made here, kept here; only its public half ever leaves."""

import time
from pathlib import Path
from typing import Any

from exchange.trust import PrivateKey, jws, load_or_create
from exchange.trust.purposes import CONTRACT, KEY_PROOF, key_proof_payload


def load_or_create_key(path: Path) -> PrivateKey:
    """Load the key file, or make it with mode 0600."""
    return load_or_create(path)


def enrolment_of(key: PrivateKey, organisation_id: str) -> dict[str, Any]:
    """The body that enrols the public half, with the proof that the private half is at hand."""
    public_jwk = dict(key.public.jwk)
    proof = jws.sign(
        key_proof_payload(organisation_id, public_jwk),
        key,
        typ=KEY_PROOF,
        role="holder",
        issued_at=int(time.time()),
    )
    return {"public_jwk": public_jwk, "proof": _plain(proof)}


def sign_terms(terms: bytes, key: PrivateKey, *, role: str) -> dict[str, str]:
    """Sign the exact bytes of the terms as provider or buyer."""
    return _plain(jws.sign(terms, key, typ=CONTRACT, role=role, issued_at=int(time.time())))


def _plain(signature: jws.Signature) -> dict[str, str]:
    return {"protected": signature.protected, "signature": signature.signature}
