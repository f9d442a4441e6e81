"""The signature algorithms there are; a new one is one more entry of the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from exchange.core.errors import Invalid
from exchange.trust.encoding import b64url_decode, b64url_encode

# The prime and the curve constant of edwards25519 (RFC 8032, section 5.1).
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


class UnknownAlgorithm(Invalid):
    """No such algorithm: what it signed is not verifiable, which is never the same as valid."""

    code = "unknown-algorithm"


class KeyRefused(Invalid):
    """The key is malformed, or so weak that a signature under it proves nothing."""

    code = "key-refused"


@dataclass(frozen=True)
class Algorithm:
    """What a signature algorithm must offer; keys inside are whatever its library uses.

    `jwk_members` are exactly the members that RFC 7638 hashes into the thumbprint.
    """

    id: str
    jose_name: str
    private_type: type
    public_type: type
    generate: Callable[[], Any]
    sign: Callable[[Any, bytes], bytes]
    verify: Callable[[Any, bytes, bytes], bool]
    raw_public_key_of: Callable[[Any], bytes]
    public_to_raw: Callable[[Any], bytes]
    public_from_raw: Callable[[bytes], Any]
    jwk_members: Callable[[bytes], dict[str, str]]
    raw_from_jwk: Callable[[dict[str, Any]], bytes]
    is_jwk: Callable[[dict[str, Any]], bool]


def algorithm_named(algorithm_id: str) -> Algorithm:
    """Find an algorithm by its id.

    Raises:
        UnknownAlgorithm: it is not in the registry.
    """
    try:
        return ALGORITHMS[algorithm_id]
    except KeyError:
        raise UnknownAlgorithm(f"The signature algorithm {algorithm_id!r} is not known here.") from None


def algorithm_of_jwk(jwk: dict[str, Any]) -> Algorithm:
    """Find the algorithm whose public keys look like this JWK."""
    for algorithm in ALGORITHMS.values():
        if algorithm.is_jwk(jwk):
            return algorithm
    raise UnknownAlgorithm(
        f"No known algorithm has keys of type {jwk.get('kty')!r} {jwk.get('crv', '')!r}."
    )


def _verify_ed25519(key: ed25519.Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _load_ed25519(raw: bytes) -> ed25519.Ed25519PublicKey:
    _require_sound_point(raw)
    return ed25519.Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=4096)
def _require_sound_point(raw: bytes) -> None:
    """Refuse what OpenSSL accepts: under a small-order key one signature fits every message."""
    if len(raw) != 32:
        raise KeyRefused("An Ed25519 public key has 32 bytes.")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise KeyRefused("This Ed25519 public key is not in its canonical encoding.")
    y_squared = y * y % _P
    # y = 1, -1, 0 have order 1, 2, 4; a point of order 8 doubles to y = 0, which gives the polynomial.
    if y_squared in {0, 1} or (_D * y_squared * y_squared + 2 * y_squared - 1) % _P == 0:
        raise KeyRefused("This Ed25519 public key has small order; anybody can sign for it.")
    # Euler's criterion on x^2 = (y^2 - 1) / (d y^2 + 1); a key off the curve could never verify.
    if pow((y_squared - 1) * (_D * y_squared + 1), (_P - 1) // 2, _P) != 1:
        raise KeyRefused("These bytes are not a point of the Ed25519 curve.")


ED25519 = Algorithm(
    id="Ed25519",
    jose_name="Ed25519",  # RFC 9864; the older name EdDSA does not say which curve
    private_type=ed25519.Ed25519PrivateKey,
    public_type=ed25519.Ed25519PublicKey,
    generate=ed25519.Ed25519PrivateKey.generate,
    sign=lambda key, message: key.sign(message),
    verify=_verify_ed25519,
    raw_public_key_of=lambda key: key.public_key().public_bytes_raw(),
    public_to_raw=lambda key: key.public_bytes_raw(),
    public_from_raw=_load_ed25519,
    jwk_members=lambda raw: {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(raw)},
    raw_from_jwk=lambda jwk: b64url_decode(jwk["x"]),
    is_jwk=lambda jwk: (
        jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and isinstance(jwk.get("x"), str)
    ),
)

ALGORITHMS = {algorithm.id: algorithm for algorithm in (ED25519,)}
