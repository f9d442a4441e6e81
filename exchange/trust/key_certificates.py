"""The authority's signed statement about a member's key; it exists for every algorithm there is.

X.509 cannot hold a key of SM2 or of the hybrid with the library at hand, so the statement is what counts
in the log; where there is an X.509 certificate too, the statement names its digest.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from exchange.core import canonical
from exchange.core.clock import from_millis, to_millis
from exchange.trust import jws
from exchange.trust.certificates import CertificateInvalid, Holder, Validity
from exchange.trust.keys import PrivateKey, PublicKey
from exchange.trust.purposes import KEY_CERTIFICATE

FORMAT: Final = "wdx-key-certificate/1"
ROLE: Final = "authority"
_MEMBERS = {
    "algorithm",
    "format",
    "holder",
    "kid",
    "not_after",
    "not_before",
    "public_jwk",
    "serial",
    "x509_sha256",
}


@dataclass(frozen=True)
class KeyStatement:
    """What the authority says: this key is this organisation's, from then until then."""

    serial: str
    public: PublicKey
    holder: Holder
    validity: Validity
    #: SHA-256 of the X.509 certificate's PEM; None where there is none.
    x509_sha256: str | None


def sign_statement(statement: KeyStatement, key: PrivateKey, *, at: datetime) -> str:
    """Write the statement as a compact JWS by the authority's key."""
    payload = {
        "format": FORMAT,
        "serial": statement.serial,
        "kid": statement.public.kid,
        "algorithm": statement.public.algorithm,
        "public_jwk": dict(statement.public.jwk),
        "holder": vars(statement.holder),
        "not_before": to_millis(statement.validity.not_before),
        "not_after": to_millis(statement.validity.not_after),
        "x509_sha256": statement.x509_sha256,
    }
    return jws.sign_compact(
        canonical.to_bytes(payload), key, typ=KEY_CERTIFICATE, role=ROLE, issued_at=to_millis(at) // 1000
    )


def issuer_of_statement(token: str) -> str:
    """The kid of the authority's key that a statement names, unverified."""
    _, signature = jws.parse_compact(token)
    return jws.read_header(signature).kid


def read_statement(token: str, *, key: PublicKey) -> KeyStatement:
    """Verify a statement with the authority's key and read it.

    Raises:
        SignatureInvalid: it is not by this key.
        CertificateInvalid: it is signed and yet not of the form known here.
    """
    _, payload = jws.verify_compact(token, key=key, typ=KEY_CERTIFICATE, role=ROLE)
    document: Any = canonical.from_bytes(payload)
    if not isinstance(document, dict) or document.keys() != _MEMBERS or document["format"] != FORMAT:
        raise CertificateInvalid(f"this is not a key certificate in the format {FORMAT}")
    public = PublicKey.from_jwk(document["public_jwk"])
    if (public.kid, public.algorithm) != (document["kid"], document["algorithm"]):
        raise CertificateInvalid("the key certificate names another key than it holds")
    return KeyStatement(
        serial=document["serial"],
        public=public,
        holder=Holder(**document["holder"]),
        validity=Validity(from_millis(document["not_before"]), from_millis(document["not_after"])),
        x509_sha256=document["x509_sha256"],
    )


def digest_of(pem: str | None) -> str | None:
    """The digest by which a statement refers to an X.509 certificate."""
    return None if pem is None else sha256(pem.encode()).hexdigest()
