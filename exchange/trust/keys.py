"""Signing keys: made and kept by their owner, published as JWK, named by their thumbprint."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from exchange.core import canonical
from exchange.core.errors import Invalid
from exchange.trust.algorithms import ALGORITHMS, KeyRefused, algorithm_named, algorithm_of_jwk
from exchange.trust.encoding import b64url_encode
from exchange.trust.secret_files import create_secret_file, read_secret_file


class SignatureInvalid(Invalid):
    """The signature does not cover these bytes under this key."""

    code = "signature-invalid"


@dataclass(frozen=True)
class PublicKey:
    """A public key that passed the soundness checks of its algorithm; equal when its bytes are."""

    algorithm: str
    raw: bytes
    _native: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_native", algorithm_named(self.algorithm).public_from_raw(self.raw))

    @classmethod
    def from_jwk(cls, jwk: dict[str, Any]) -> Self:
        """Read a public JWK; a `kid` inside must be its thumbprint, private members are refused."""
        if "d" in jwk or "priv" in jwk:
            raise KeyRefused("This JWK holds a private key.", remedy="Send the public key only.")
        algorithm = algorithm_of_jwk(jwk)
        key = cls(algorithm.id, algorithm.raw_from_jwk(jwk))
        if jwk.get("kid", key.kid) != key.kid:
            raise KeyRefused("The kid of this JWK is not its RFC 7638 thumbprint.", field="kid")
        if jwk.get("alg", algorithm.jose_name) != algorithm.jose_name:
            raise KeyRefused("The alg of this JWK does not belong to its key type.", field="alg")
        return key

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read a SubjectPublicKeyInfo PEM."""
        try:
            native = serialization.load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyRefused("This is not a public key in PEM.") from error
        for algorithm in ALGORITHMS.values():
            if isinstance(native, algorithm.public_type):
                return cls(algorithm.id, algorithm.public_to_raw(native))
        raise KeyRefused(f"Keys of this kind ({type(native).__name__}) are not accepted.")

    def to_pem(self) -> bytes:
        """Write SubjectPublicKeyInfo PEM, which openssl reads."""
        pem: bytes = self._native.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return pem

    @property
    def jwk(self) -> dict[str, str]:
        """The public JWK, with `kid` and `alg`."""
        return {**self._members, "alg": algorithm_named(self.algorithm).jose_name, "kid": self.kid}

    @cached_property
    def kid(self) -> str:
        """The RFC 7638 thumbprint in base64url."""
        return b64url_encode(sha256(canonical.to_bytes(self._members)).digest())

    @property
    def _members(self) -> dict[str, str]:
        return algorithm_named(self.algorithm).jwk_members(self.raw)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return quietly when the signature holds.

        Raises:
            SignatureInvalid: it does not.
        """
        if not algorithm_named(self.algorithm).verify(self._native, message, signature):
            raise SignatureInvalid(f"The signature does not verify under key {self.kid}.")


@dataclass(frozen=True)
class PrivateKey:
    """A private key. It never leaves the machine of its owner and never shows in a log."""

    algorithm: str
    _native: Any = field(repr=False, compare=False)
    public: PublicKey = field(init=False)

    def __post_init__(self) -> None:
        raw = algorithm_named(self.algorithm).raw_public_key_of(self._native)
        object.__setattr__(self, "public", PublicKey(self.algorithm, raw))

    @classmethod
    def generate(cls, algorithm: str = "Ed25519") -> Self:
        """Make a new key from the system's random numbers."""
        return cls(algorithm, algorithm_named(algorithm).generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read an unencrypted private key in PEM."""
        try:
            native = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyRefused("This is not an unencrypted private key in PEM.") from error
        for algorithm in ALGORITHMS.values():
            if isinstance(native, algorithm.private_type):
                return cls(algorithm.id, native)
        raise KeyRefused(f"Keys of this kind ({type(native).__name__}) are not accepted.")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a key file written by `save`.

        Raises:
            KeyFileExposed: other users may read the file.
            KeyRefused: the file holds no key of a known algorithm.
        """
        return cls.from_pem(read_secret_file(Path(path)))

    def to_pem(self) -> bytes:
        """Write unencrypted PKCS #8 PEM."""
        pem: bytes = self._native.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return pem

    def save(self, path: str | Path) -> None:
        """Create a key file only its owner can read; after a crash it is there whole or not at all.

        Raises:
            KeyFileExists: there is a file of that name; it is left alone.
        """
        create_secret_file(Path(path), self.to_pem())

    @property
    def kid(self) -> str:
        """The name of the key: the thumbprint of its public half."""
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """Sign these exact bytes."""
        return algorithm_named(self.algorithm).sign(self._native, message)
