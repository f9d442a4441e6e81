"""ML-DSA-65 (FIPS 204): lattice signatures that hold against a quantum computer."""

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa

from exchange.trust.algorithms.base import AkpKeys, KeyRefused
from exchange.trust.algorithms.pyca import PycaAlgorithm

PUBLIC_BYTES = 1952
SIGNATURE_BYTES = 3309
SEED_BYTES = 32


class MlDsa65(AkpKeys, PycaAlgorithm):
    """The pure form with an empty context; the private key is its seed."""

    id = "ML-DSA-65"
    jose_name = "ML-DSA-65"  # RFC 9964
    oid_der = bytes.fromhex("0609608648016503040312")
    private_type = mldsa.MLDSA65PrivateKey
    public_type = mldsa.MLDSA65PublicKey

    def missing(self) -> str:
        try:
            mldsa.MLDSA65PrivateKey.from_seed_bytes(bytes(SEED_BYTES))
        except UnsupportedAlgorithm:
            return "a `cryptography` whose OpenSSL is 3.5 or newer, as the wheels from PyPI bring it"
        return ""

    def generate(self) -> Any:
        self.require()
        return mldsa.MLDSA65PrivateKey.generate()

    def load_public(self, raw: bytes) -> Any:
        self.require()
        if len(raw) != PUBLIC_BYTES:
            raise KeyRefused(f"A public key of ML-DSA-65 has {PUBLIC_BYTES} bytes.")
        return mldsa.MLDSA65PublicKey.from_public_bytes(raw)
