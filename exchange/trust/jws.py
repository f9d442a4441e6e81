"""JSON Web Signatures (RFC 7515): several parties over one document, or one compact receipt.

The algorithm always comes from the registered key. The header has to agree with it; it never chooses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from exchange.core import canonical
from exchange.core.errors import Invalid
from exchange.trust.algorithms import algorithm_named
from exchange.trust.encoding import NotBase64, b64url_decode, b64url_encode
from exchange.trust.keys import PrivateKey, PublicKey, SignatureInvalid

_MEMBERS = {"alg", "iat", "kid", "role", "typ"}


class JwsMalformed(Invalid):
    """The signature is not written as this profile of RFC 7515 demands."""

    code = "jws-malformed"


class AlgorithmSwapped(SignatureInvalid):
    """The header names another algorithm than the registered key has: an attempt, or a broken client."""

    code = "algorithm-swapped"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature over a payload kept elsewhere; both parts are base64url."""

    protected: str
    signature: str


@dataclass(frozen=True, slots=True)
class Header:
    """What a verified signer said beside the payload; `issued_at` is the signer's own claim, in seconds."""

    alg: str
    kid: str
    typ: str
    role: str
    issued_at: int


def sign(payload: bytes, key: PrivateKey, *, typ: str, role: str, issued_at: int) -> Signature:
    """Sign the payload in a role. `typ` keeps a signature for one purpose from serving another."""
    header = {
        "alg": algorithm_named(key.algorithm).jose_name,
        "iat": issued_at,
        "kid": key.kid,
        "role": role,
        "typ": typ,
    }
    protected = b64url_encode(canonical.to_bytes(header))
    return Signature(protected, b64url_encode(key.sign(_signing_input(protected, payload))))


def verify(payload: bytes, signature: Signature, *, key: PublicKey, typ: str, role: str) -> Header:
    """Check one signature against the key that is registered for its signer.

    Raises:
        JwsMalformed: the header or an encoding is not exactly as `sign` writes it.
        SignatureInvalid: another key, purpose or role, or the signature does not hold.
        AlgorithmSwapped: the header names another algorithm than the key's.
    """
    header = read_header(signature)
    expected = {"alg": algorithm_named(key.algorithm).jose_name, "kid": key.kid, "typ": typ, "role": role}
    for name, value in expected.items():
        if getattr(header, name) != value:
            refusal = AlgorithmSwapped if name == "alg" else SignatureInvalid
            raise refusal(
                f"The signature says {name} {getattr(header, name)!r}, expected is {value!r}.", field=name
            )
    try:
        raw = b64url_decode(signature.signature)
    except NotBase64 as error:
        raise JwsMalformed(f"The signature value is malformed: {error.detail}") from error
    key.verify(_signing_input(signature.protected, payload), raw)
    return header


def read_header(signature: Signature) -> Header:
    """Read what a signature claims, without verifying it: `kid` says which key to look up."""
    try:
        header = canonical.from_bytes(b64url_decode(signature.protected))
    except (NotBase64, canonical.NotCanonical) as error:
        raise JwsMalformed(f"The protected header is malformed: {error.detail}") from error
    if not isinstance(header, dict):
        raise JwsMalformed("The protected header is not a JSON object.")
    if "crit" in header:
        raise JwsMalformed("The header names critical extensions; none is understood here.", field="crit")
    # An exact set: a member we do not understand may change the meaning of the signature.
    if header.keys() != _MEMBERS:
        raise JwsMalformed(f"The header must have exactly the members {', '.join(sorted(_MEMBERS))}.")
    if type(header["iat"]) is not int or any(type(header[name]) is not str for name in _MEMBERS - {"iat"}):
        raise JwsMalformed("The members of the header have the wrong types.")
    return Header(header["alg"], header["kid"], header["typ"], header["role"], header["iat"])


def general_json(payload: bytes, signatures: Iterable[Signature]) -> dict[str, Any]:
    """Write the JWS general JSON serialisation.

    Signatures are parallel: one can be taken away without a trace, so the payload must name its signers.
    """
    return {
        "payload": b64url_encode(payload),
        "signatures": [{"protected": one.protected, "signature": one.signature} for one in signatures],
    }


def parse_general_json(document: Any) -> tuple[bytes, list[Signature]]:
    """Read what `general_json` writes, unverified; unprotected headers and other members are refused."""
    if not isinstance(document, dict) or document.keys() != {"payload", "signatures"}:
        raise JwsMalformed("A JWS document has exactly the members payload and signatures.")
    payload, signatures = document["payload"], document["signatures"]
    if not isinstance(payload, str) or not isinstance(signatures, list) or not signatures:
        raise JwsMalformed("A JWS document has a payload text and a list of signatures.")
    try:
        return b64url_decode(payload), [_parse_signature(one) for one in signatures]
    except NotBase64 as error:
        raise JwsMalformed(f"The payload is malformed: {error.detail}") from error


def sign_compact(payload: bytes, key: PrivateKey, *, typ: str, role: str, issued_at: int) -> str:
    """Sign and pack header, payload and signature into one line of text."""
    signature = sign(payload, key, typ=typ, role=role, issued_at=issued_at)
    return f"{signature.protected}.{b64url_encode(payload)}.{signature.signature}"


def verify_compact(token: str, *, key: PublicKey, typ: str, role: str) -> tuple[Header, bytes]:
    """Check a compact signature; gives the header and the payload that was signed. Raises as `verify`."""
    payload, signature = parse_compact(token)
    return verify(payload, signature, key=key, typ=typ, role=role), payload


def parse_compact(token: str) -> tuple[bytes, Signature]:
    """Take a compact signature apart, unverified; `read_header` then says whose key it needs."""
    parts = token.split(".")
    if len(parts) != 3:
        raise JwsMalformed("A compact signature has three parts.")
    try:
        return b64url_decode(parts[1]), Signature(parts[0], parts[2])
    except NotBase64 as error:
        raise JwsMalformed(f"The payload is malformed: {error.detail}") from error


def _parse_signature(document: Any) -> Signature:
    if not isinstance(document, dict) or document.keys() != {"protected", "signature"}:
        raise JwsMalformed("A signature has exactly the members protected and signature.")
    if not all(isinstance(part, str) for part in document.values()):
        raise JwsMalformed("The parts of a signature are texts.")
    return Signature(document["protected"], document["signature"])


def _signing_input(protected: str, payload: bytes) -> bytes:
    return f"{protected}.{b64url_encode(payload)}".encode("ascii")
