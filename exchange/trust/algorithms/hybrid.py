"""Ed25519 and ML-DSA-65 as one: a signature holds only when both parts do.

This is id-MLDSA65-Ed25519-SHA512 of draft-ietf-lamps-pq-composite-sigs: keys and signatures are
concatenations, and both parts sign the same representative of the message, which names the composite.
So no part can be used as a signature of its own, and none can be taken away.
"""

from dataclasses import dataclass
from hashlib import sha512
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from exchange.trust.algorithms.base import AkpKeys, Algorithm, KeyRefused
from exchange.trust.algorithms.ed25519 import Ed25519
from exchange.trust.algorithms.mldsa65 import PUBLIC_BYTES, SEED_BYTES, SIGNATURE_BYTES, MlDsa65

_PREFIX: Final = b"CompositeAlgorithmSignatures2025"
LABEL: Final = b"COMPSIG-MLDSA65-Ed25519-SHA512"
_ED25519_BYTES = 32
_SIGNATURE_BYTES = SIGNATURE_BYTES + 64
# Both forms have one length, so what stands before the raw bytes is always the same.
_PKCS8 = bytes.fromhex("3051020100300a06082b060105050706300440")
_SPKI = bytes.fromhex("308207d1300a06082b06010505070630038207c100")


@dataclass(frozen=True)
class HybridPublic:
    """The two public keys."""

    lattice: mldsa.MLDSA65PublicKey
    curve: ed25519.Ed25519PublicKey


@dataclass(frozen=True)
class HybridPrivate:
    """The two private keys."""

    lattice: mldsa.MLDSA65PrivateKey
    curve: ed25519.Ed25519PrivateKey


class Hybrid(AkpKeys, Algorithm):
    """The composite; whoever breaks one of the two has broken nothing."""

    id = "ML-DSA-65-Ed25519"
    jose_name = "ML-DSA-65-Ed25519"  # draft-ietf-jose-pq-composite-sigs
    oid_der = bytes.fromhex("06082b06010505070630")
    in_x509 = False
    _lattice = MlDsa65()
    _curve = Ed25519()

    def missing(self) -> str:
        return self._lattice.missing()

    def generate(self) -> Any:
        return HybridPrivate(self._lattice.generate(), self._curve.generate())

    def sign(self, key: Any, message: bytes) -> bytes:
        signed = representative(message)
        signature: bytes = key.lattice.sign(signed, LABEL) + key.curve.sign(signed)
        return signature

    def verify(self, key: Any, message: bytes, signature: bytes) -> bool:
        if len(signature) != _SIGNATURE_BYTES:
            return False
        signed = representative(message)
        try:
            key.lattice.verify(signature[:SIGNATURE_BYTES], signed, LABEL)
            key.curve.verify(signature[SIGNATURE_BYTES:], signed)
        except InvalidSignature:
            return False
        return True

    def raw_public_key(self, key: Any) -> bytes:
        return self._lattice.raw_public_key(key.lattice) + self._curve.raw_public_key(key.curve)

    def load_public(self, raw: bytes) -> Any:
        if len(raw) != PUBLIC_BYTES + _ED25519_BYTES:
            raise KeyRefused(f"A public key of {self.id} has {PUBLIC_BYTES + _ED25519_BYTES} bytes.")
        return HybridPublic(
            self._lattice.load_public(raw[:PUBLIC_BYTES]), self._curve.load_public(raw[PUBLIC_BYTES:])
        )

    def private_to_der(self, key: Any) -> bytes:
        return _PKCS8 + bytes(key.lattice.private_bytes_raw() + key.curve.private_bytes_raw())

    def private_from_der(self, der: bytes) -> Any:
        seeds = der.removeprefix(_PKCS8)
        if len(seeds) != SEED_BYTES + _ED25519_BYTES:
            raise KeyRefused(f"This is not a private key of {self.id}.")
        self.require()
        return HybridPrivate(
            mldsa.MLDSA65PrivateKey.from_seed_bytes(seeds[:SEED_BYTES]),
            ed25519.Ed25519PrivateKey.from_private_bytes(seeds[SEED_BYTES:]),
        )

    def public_to_der(self, raw: bytes) -> bytes:
        return _SPKI + raw

    def public_from_der(self, der: bytes) -> bytes:
        return der.removeprefix(_SPKI)


def representative(message: bytes) -> bytes:
    """What both parts sign: M' := Prefix || Label || len(ctx) || ctx || PH(M), with an empty context."""
    return _PREFIX + LABEL + b"\0" + sha512(message).digest()
