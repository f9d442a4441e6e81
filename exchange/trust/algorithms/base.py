"""What a signature algorithm must offer to be in the registry."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from exchange.core.errors import Invalid, Unavailable
from exchange.trust.encoding import b64url_decode, b64url_encode


class UnknownAlgorithm(Invalid):
    """No such algorithm: what it signed is not verifiable, which is never the same as valid."""

    code = "unknown-algorithm"


class AlgorithmUnavailable(Unavailable):
    """The algorithm is known, but a library that this machine lacks computes it."""

    code = "algorithm-unavailable"


class KeyRefused(Invalid):
    """The key is malformed, or so weak that a signature under it proves nothing."""

    code = "key-refused"


class Algorithm(ABC):
    """One signature algorithm; a native key is whatever its library uses, and only it looks inside."""

    id: ClassVar[str]
    #: The `alg` of JOSE headers and keys.
    jose_name: ClassVar[str]
    #: The object identifier in DER that PKCS #8 and SubjectPublicKeyInfo of its keys begin with.
    oid_der: ClassVar[bytes]
    #: Whether the certificate library can put its public keys into an X.509 certificate.
    in_x509: ClassVar[bool]

    def missing(self) -> str:
        """What this machine lacks for the algorithm; empty when it can be used."""
        return ""

    def require(self) -> None:
        """Refuse an algorithm that this machine cannot compute.

        Raises:
            AlgorithmUnavailable: says what is missing.
        """
        if missing := self.missing():
            raise AlgorithmUnavailable(
                f"{self.id} cannot be computed on this machine",
                remedy=f"It needs {missing}.",
                field="algorithm",
            )

    @abstractmethod
    def generate(self) -> Any:
        """Make a private key from the system's random numbers."""

    @abstractmethod
    def sign(self, key: Any, message: bytes) -> bytes: ...

    @abstractmethod
    def verify(self, key: Any, message: bytes, signature: bytes) -> bool:
        """Whether the signature holds; malformed ones do not."""

    @abstractmethod
    def raw_public_key(self, key: Any) -> bytes:
        """The public half of a private key, in the one spelling it has here."""

    @abstractmethod
    def load_public(self, raw: bytes) -> Any:
        """A public key for use; KeyRefused when it is malformed or weak."""

    @abstractmethod
    def private_to_der(self, key: Any) -> bytes:
        """Write PKCS #8, unencrypted."""

    @abstractmethod
    def private_from_der(self, der: bytes) -> Any: ...

    @abstractmethod
    def public_to_der(self, raw: bytes) -> bytes:
        """Write SubjectPublicKeyInfo."""

    @abstractmethod
    def public_from_der(self, der: bytes) -> bytes: ...

    @abstractmethod
    def jwk_members(self, raw: bytes) -> dict[str, str]:
        """Exactly the members that RFC 7638 hashes into the thumbprint."""

    @abstractmethod
    def raw_from_jwk(self, jwk: dict[str, Any]) -> bytes: ...

    @abstractmethod
    def is_jwk(self, jwk: dict[str, Any]) -> bool:
        """Whether a JWK claims to be a key of this algorithm."""


class AkpKeys:
    """Keys as JWK of the type AKP (RFC 9964), whose `alg` is part of the key."""

    jose_name: ClassVar[str]

    def jwk_members(self, raw: bytes) -> dict[str, str]:
        return {"alg": self.jose_name, "kty": "AKP", "pub": b64url_encode(raw)}

    def raw_from_jwk(self, jwk: dict[str, Any]) -> bytes:
        return b64url_decode(jwk["pub"])

    def is_jwk(self, jwk: dict[str, Any]) -> bool:
        return (
            jwk.get("kty") == "AKP" and jwk.get("alg") == self.jose_name and isinstance(jwk.get("pub"), str)
        )


class CurvePointKeys:
    """Keys as JWK of the type EC (RFC 7518) on a curve of 256 bits; raw is the uncompressed point."""

    id: ClassVar[str]
    crv: ClassVar[str]

    def jwk_members(self, raw: bytes) -> dict[str, str]:
        return {"crv": self.crv, "kty": "EC", "x": b64url_encode(raw[1:33]), "y": b64url_encode(raw[33:])}

    def raw_from_jwk(self, jwk: dict[str, Any]) -> bytes:
        x, y = b64url_decode(jwk["x"]), b64url_decode(jwk["y"])
        if (len(x), len(y)) != (32, 32):
            raise KeyRefused(f"The coordinates of a point of {self.crv} have 32 bytes each.")
        return b"\x04" + x + y

    def is_jwk(self, jwk: dict[str, Any]) -> bool:
        return (
            jwk.get("kty") == "EC"
            and jwk.get("crv") == self.crv
            and isinstance(jwk.get("x"), str)
            and isinstance(jwk.get("y"), str)
        )

    def require_point(self, raw: bytes) -> None:
        """Refuse what is not an uncompressed point; whether it is on the curve, the library says."""
        if len(raw) != 65 or raw[0] != 4:
            raise KeyRefused(f"A public key of {self.id} is an uncompressed point of 65 bytes.")
