"""Tables of keys and certificates; no private key and no secret is ever stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class SigningKey(Base):
    """The public half of a key with which an organisation signs contracts."""

    __tablename__ = "signing_keys"

    #: RFC 7638 thumbprint of the public key.
    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    algorithm: Mapped[str] = mapped_column(String(30))
    public_jwk: Mapped[dict[str, Any]]
    enrolled_at: Mapped[datetime]
    #: The key that took its place; it still signs what names it, and is named by nothing new.
    replaced_by: Mapped[str | None] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(40))
    #: A reason of RFC 5280 in words.
    revocation_reason: Mapped[str | None] = mapped_column(String(40))
    revocation_note: Mapped[str | None] = mapped_column(String(500))


class ExchangeKey(Base):
    """The public half of a key of the exchange itself: `signing…` for contracts, `log` for checkpoints."""

    __tablename__ = "exchange_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), unique=True)
    public_jwk: Mapped[dict[str, Any]]
    registered_at: Mapped[datetime]


class CertificateAuthority(Base):
    """A key of the exchange's certificate authority; the newest issues, all revoke. Never changed."""

    __tablename__ = "certificate_authorities"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: 1 for the first; a rotation makes the next.
    number: Mapped[int] = mapped_column(unique=True)
    public_jwk: Mapped[dict[str, Any]]
    #: The self-signed certificate in PEM.
    root: Mapped[str] = mapped_column(Text)
    #: The older root's certificate for this key in PEM; NULL for the first.
    cross_certificate: Mapped[str | None] = mapped_column(Text)
    established_at: Mapped[datetime]
    not_after: Mapped[datetime]


class KeyCertificate(Base):
    """One certificate of a member's key; a renewal is another one. Never changed."""

    __tablename__ = "key_certificates"
    __table_args__ = (
        Index("ix_key_certificates_kid", "kid"),
        Index("ix_key_certificates_authority_kid_not_after", "authority_kid", "not_after"),
    )

    #: 159 random bits in hex.
    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    kid: Mapped[str] = mapped_column(ForeignKey("signing_keys.kid"))
    authority_kid: Mapped[str] = mapped_column(ForeignKey("certificate_authorities.kid"))
    #: Compact JWS of the authority; there is one for every algorithm.
    statement: Mapped[str] = mapped_column(Text)
    #: X.509 in PEM; NULL where X.509 cannot hold the key.
    x509: Mapped[str | None] = mapped_column(Text)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]


class RevocationList(Base):
    """A revocation list as it was published. Never changed."""

    __tablename__ = "revocation_lists"
    __table_args__ = (UniqueConstraint("authority_kid", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    authority_kid: Mapped[str] = mapped_column(ForeignKey("certificate_authorities.kid"))
    number: Mapped[int]
    #: In PEM.
    x509: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    next_at: Mapped[datetime]
