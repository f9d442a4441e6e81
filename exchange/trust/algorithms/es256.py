"""ECDSA on P-256 with SHA-256: what certificates and PDF readers everywhere know."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from exchange.trust.algorithms.base import CurvePointKeys, KeyRefused
from exchange.trust.algorithms.pyca import PycaAlgorithm

_HASHED = ec.ECDSA(SHA256())


class Es256(CurvePointKeys, PycaAlgorithm):
    """Signatures are r and s in 32 bytes each, as RFC 7518 has them, not DER."""

    id = "ES256"
    jose_name = "ES256"
    crv = "P-256"
    oid_der = bytes.fromhex("06082a8648ce3d030107")
    private_type = ec.EllipticCurvePrivateKey
    public_type = ec.EllipticCurvePublicKey

    def generate(self) -> Any:
        return ec.generate_private_key(ec.SECP256R1())

    def sign(self, key: Any, message: bytes) -> bytes:
        r, s = utils.decode_dss_signature(key.sign(message, _HASHED))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, key: Any, message: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            key.verify(utils.encode_dss_signature(r, s), message, _HASHED)
        except InvalidSignature:
            return False
        return True

    def load_public(self, raw: bytes) -> Any:
        self.require_point(raw)
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        except ValueError as error:
            raise KeyRefused("These bytes are not a point of the curve P-256.") from error

    def raw_of(self, public: Any) -> bytes:
        raw: bytes = public.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.require_point(raw)
        return raw
