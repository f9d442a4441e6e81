"""What the algorithms of pyca/cryptography have in common: its reading and writing of keys."""

from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from exchange.trust.algorithms.base import Algorithm, KeyRefused


class PycaAlgorithm(Algorithm):
    """An algorithm whose native keys are objects of pyca/cryptography."""

    private_type: ClassVar[type]
    public_type: ClassVar[type]
    in_x509 = True

    def sign(self, key: Any, message: bytes) -> bytes:
        signature: bytes = key.sign(message)
        return signature

    def verify(self, key: Any, message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def private_to_der(self, key: Any) -> bytes:
        der: bytes = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return der

    def private_from_der(self, der: bytes) -> Any:
        try:
            key = serialization.load_der_private_key(der, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyRefused(f"This is not a private key of {self.id}.") from error
        if not isinstance(key, self.private_type):
            raise KeyRefused(f"This is not a private key of {self.id}.")
        return key

    def public_to_der(self, raw: bytes) -> bytes:
        der: bytes = self.load_public(raw).public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return der

    def public_from_der(self, der: bytes) -> bytes:
        try:
            key = serialization.load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyRefused(f"This is not a public key of {self.id}.") from error
        if not isinstance(key, self.public_type):
            raise KeyRefused(f"This is not a public key of {self.id}.")
        return self.raw_of(key)

    def raw_public_key(self, key: Any) -> bytes:
        return self.raw_of(key.public_key())

    def raw_of(self, public: Any) -> bytes:
        """The raw bytes of a public key."""
        raw: bytes = public.public_bytes_raw()
        return raw
