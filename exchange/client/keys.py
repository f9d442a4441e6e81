"""The caller's own signing keys: made here, kept here; only their public halves ever leave."""

import time
from pathlib import Path
from typing import Any

from exchange.client.profile import profile_folder
from exchange.core.errors import DomainError
from exchange.trust import PrivateKey, jws, load_or_create
from exchange.trust.purposes import CONTRACT, KEY_PROOF, key_proof_payload


class ChallengeForeign(DomainError):
    """The exchange asks for a signature about somebody or something else."""

    kind = "conflict"
    code = "challenge-foreign"


def load_or_create_key(path: Path, algorithm: str = "Ed25519") -> PrivateKey:
    """Load the key file, or make it with mode 0600; for programs that keep their keys without a passphrase."""
    return load_or_create(path, algorithm)


def key_folder() -> Path:
    """Where keys are kept that no path was given for; each file is named after its key."""
    folder = profile_folder() / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def kept_key(kid: str) -> Path:
    """The file of a key in the folder of keys."""
    return key_folder() / f"{kid}.pem"


def enrolment_of(
    key: PrivateKey,
    challenge: dict[str, Any],
    *,
    me: dict[str, Any],
    replaces: PrivateKey | None = None,
) -> dict[str, Any]:
    """The body that enrols the public half, with the proof that the private half is at hand.

    Args:
        challenge: the exchange's answer to the question for this key.
        me: who the caller is; nothing is signed for anybody else.

    Raises:
        ChallengeForeign: the challenge is about another organisation, person or key.
    """
    expected = {
        "organisation_id": me["organisation_id"],
        "person_id": me["person_id"],
        "kid": key.kid,
        "replaces": replaces.kid if replaces else None,
    }
    if wrong := [name for name, value in expected.items() if challenge[name] != value]:
        raise ChallengeForeign(f"the exchange asks to sign for another {', '.join(wrong)}")
    public_jwk = dict(key.public.jwk)
    payload = key_proof_payload(
        me["organisation_id"],
        public_jwk,
        person_id=me["person_id"],
        challenge=challenge["challenge"],
        replaces=expected["replaces"],
    )
    return {
        "public_jwk": public_jwk,
        "challenge": challenge["challenge"],
        "replaces": expected["replaces"],
        "proof": _signed(payload, key, KEY_PROOF, "holder"),
        "predecessor_proof": _signed(payload, replaces, KEY_PROOF, "predecessor") if replaces else None,
    }


def sign_terms(terms: bytes, key: PrivateKey, *, role: str) -> dict[str, str]:
    """Sign the exact bytes of the terms as provider or buyer."""
    return _signed(terms, key, CONTRACT, role)


def _signed(payload: bytes, key: PrivateKey, typ: str, role: str) -> dict[str, str]:
    signature = jws.sign(payload, key, typ=typ, role=role, issued_at=int(time.time()))
    return {"protected": signature.protected, "signature": signature.signature}
