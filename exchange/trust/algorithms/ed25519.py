"""Ed25519 (RFC 8032), the default."""

from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from exchange.trust.algorithms.base import KeyRefused
from exchange.trust.algorithms.pyca import PycaAlgorithm
from exchange.trust.encoding import b64url_decode, b64url_encode

# The prime and the curve constant of edwards25519 (RFC 8032, section 5.1).
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


class Ed25519(PycaAlgorithm):
    """Ed25519 with the checks of public keys that OpenSSL leaves out."""

    id = "Ed25519"
    jose_name = "Ed25519"  # RFC 9864; the older name EdDSA does not say which curve
    oid_der = bytes.fromhex("06032b6570")
    private_type = ed25519.Ed25519PrivateKey
    public_type = ed25519.Ed25519PublicKey

    def generate(self) -> Any:
        return ed25519.Ed25519PrivateKey.generate()

    def load_public(self, raw: bytes) -> Any:
        _require_sound_point(raw)
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)

    def jwk_members(self, raw: bytes) -> dict[str, str]:
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(raw)}

    def raw_from_jwk(self, jwk: dict[str, Any]) -> bytes:
        return b64url_decode(jwk["x"])

    def is_jwk(self, jwk: dict[str, Any]) -> bool:
        return jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and isinstance(jwk.get("x"), str)


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
