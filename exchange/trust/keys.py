"""Signing keys: made and kept by their owner, published as JWK, named by their thumbprint."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from exchange.core import canonical
from exchange.core.errors import Invalid
from exchange.trust.algorithms import KeyRefused, algorithm_named, algorithm_of_der, algorithm_of_jwk
from exchange.trust.armour import armoured, unarmoured
from exchange.trust.encoding import b64url_encode
from exchange.trust.locked import LABEL as LOCKED
from exchange.trust.locked import lock, unlock
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
        object.__setattr__(self, "_native", algorithm_named(self.algorithm).load_public(self.raw))

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
        label, der = unarmoured(pem)
        if label != "PUBLIC KEY":
            raise KeyRefused(f"This is no public key, but a {label.lower()}.")
        return cls.from_spki(der)

    @classmethod
    def from_spki(cls, der: bytes) -> Self:
        """Read SubjectPublicKeyInfo."""
        algorithm = algorithm_of_der(der)
        return cls(algorithm.id, algorithm.public_from_der(der))

    def to_pem(self) -> bytes:
        """Write SubjectPublicKeyInfo PEM, which openssl reads."""
        return armoured("PUBLIC KEY", algorithm_named(self.algorithm).public_to_der(self.raw))

    @property
    def native(self) -> Any:
        """The key as its library has it, for certificates."""
        return self._native

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
        raw = algorithm_named(self.algorithm).raw_public_key(self._native)
        object.__setattr__(self, "public", PublicKey(self.algorithm, raw))

    @classmethod
    def generate(cls, algorithm: str = "Ed25519") -> Self:
        """Make a new key from the system's random numbers.

        Raises:
            UnknownAlgorithm: there is none of this name.
            AlgorithmUnavailable: this machine cannot compute it; the remedy names what it lacks.
        """
        return cls(algorithm, algorithm_named(algorithm).generate())

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: str | None = None) -> Self:
        """Read a private key in PEM, as `to_pem` or `save` write it.

        Raises:
            PassphraseNeeded: the key is locked and no passphrase is given; PassphraseWrong: another one.
        """
        label, der = unarmoured(pem)
        if label == LOCKED:
            der = unlock(der, passphrase)
        elif label != "PRIVATE KEY":
            raise KeyRefused(f"This is no private key in PKCS #8, but a {label.lower()}.")
        algorithm = algorithm_of_der(der)
        return cls(algorithm.id, algorithm.private_from_der(der))

    @classmethod
    def load(cls, path: str | Path, passphrase: str | None = None) -> Self:
        """Read a key file written by `save`.

        Raises:
            KeyFileExposed: other users may read the file.
            KeyRefused: the file holds no key of a known algorithm.
            PassphraseNeeded: it is locked and no passphrase is given; PassphraseWrong: another one.
        """
        return cls.from_pem(read_secret_file(Path(path)), passphrase)

    def to_pem(self) -> bytes:
        """Write unencrypted PKCS #8 PEM."""
        return armoured("PRIVATE KEY", self._pkcs8)

    def save(self, path: str | Path, passphrase: str | None = None) -> None:
        """Create a key file only its owner can read; after a crash it is there whole or not at all.

        Args:
            passphrase: locks the file; without one whoever has the file has the key.

        Raises:
            KeyFileExists: there is a file of that name; it is left alone.
        """
        text = self.to_pem() if passphrase is None else armoured(LOCKED, lock(self._pkcs8, passphrase))
        create_secret_file(Path(path), text)

    @property
    def _pkcs8(self) -> bytes:
        return algorithm_named(self.algorithm).private_to_der(self._native)

    @property
    def native(self) -> Any:
        """The key as its library has it, for certificates."""
        return self._native

    @property
    def kid(self) -> str:
        """The name of the key: the thumbprint of its public half."""
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """Sign these exact bytes."""
        return algorithm_named(self.algorithm).sign(self._native, message)
