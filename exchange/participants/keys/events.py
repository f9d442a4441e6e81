"""Facts about keys and certificates."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class SigningKeyEnrolled:
    """An organisation proved that it holds a signing key; `proof` is its own signature saying so.

    A key that takes another's place (`replaces`) comes with that one's signature over the same statement.
    """

    type: ClassVar[str] = "signing_key.enrolled"
    kid: str
    organisation_id: str
    algorithm: str
    public_jwk: dict[str, Any]
    proof: dict[str, Any]
    person_id: str
    challenge: str
    replaces: str | None
    predecessor_proof: dict[str, Any] | None


@dataclass(frozen=True)
class SigningKeyCertified:
    """The authority certified a key: `statement` for every algorithm, `x509` where X.509 can hold the key."""

    type: ClassVar[str] = "signing_key.certified"
    kid: str
    organisation_id: str
    serial: str
    statement: str
    x509: str | None


@dataclass(frozen=True)
class SigningKeyRevoked:
    """From this place of the log on, nothing that the key signs counts; what it signed before still does."""

    type: ClassVar[str] = "signing_key.revoked"
    kid: str
    organisation_id: str
    reason: str
    note: str
    serials: list[str]


@dataclass(frozen=True)
class AuthorityEstablished:
    """The exchange stated a key of its certificate authority, with its root certificate."""

    type: ClassVar[str] = "authority.established"
    kid: str
    number: int
    public_jwk: dict[str, Any]
    root: str
    predecessor: str | None
    cross_certificate: str | None


@dataclass(frozen=True)
class RevocationListIssued:
    """The authority published which of its certificates do not count any more."""

    type: ClassVar[str] = "revocation_list.issued"
    authority_kid: str
    number: int
    x509: str | None
    x509_sha256: str


@dataclass(frozen=True)
class ExchangeKeyRegistered:
    """The exchange states a public key of its own, before anything is signed with it."""

    type: ClassVar[str] = "exchange_key.registered"
    kid: str
    purpose: str
    public_jwk: dict[str, Any]
