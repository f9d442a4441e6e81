"""Tables of the register: applications wait and are decided; certificates and revocations never change."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class RegistrationState(StrEnum):
    """Where the registration of a listed version stands."""

    PUBLIC_NOTICE = "public_notice"
    ISSUED = "issued"
    REFUSED = "refused"


class ObjectionState(StrEnum):
    """What the operator made of an objection."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class RegisterSeries(Base):
    """The numbers given out in one series; its row is locked by the transaction that uses the next one."""

    __tablename__ = "register_series"

    #: `product`, or `certificate-` and the year.
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    issued: Mapped[int] = mapped_column(BigInteger)


class ProductIdentity(Base):
    """The identifiers of a product: given once, never changed, never given to another."""

    __tablename__ = "product_identities"

    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(120), unique=True)
    product_no: Mapped[str] = mapped_column(String(40), unique=True)
    assigned_at: Mapped[datetime]


class Registration(Base):
    """One listed version on its way to a certificate."""

    __tablename__ = "registrations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["listing_id", "version"], ["listing_versions.listing_id", "listing_versions.number"]
        ),
        CheckConstraint("state IN ('public_notice', 'issued', 'refused')", name="state"),
        Index("ix_registrations_state_applied_at", "state", "applied_at"),
    )

    listing_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    #: Begin of the public notice 公示.
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Objection(Base):
    """What somebody holds against a registration in public notice."""

    __tablename__ = "registration_objections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["listing_id", "version"], ["registrations.listing_id", "registrations.version"]
        ),
        CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="state"),
        Index("ix_registration_objections_listing_id_version", "listing_id", "version"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    listing_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(String(2000))
    state: Mapped[str] = mapped_column(String(20))
    raised_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decision_reason: Mapped[str | None] = mapped_column(String(500))


class Certificate(Base):
    """A registration certificate: the bytes that the exchange signed. Never changed."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("listing_id", "version"), UniqueConstraint("supersedes"))

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"))
    version: Mapped[int]
    #: `initial`, or `change` for a later version of a registered listing.
    type: Mapped[str] = mapped_column(String(20))
    #: Canonical JSON, exactly as signed.
    document: Mapped[bytes] = mapped_column(LargeBinary)
    #: Compact JWS over the document by the exchange's signing key.
    token: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    #: Number of the certificate that this one replaces; NULL for the first.
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("certificates.number"))


class CertificateRevocation(Base):
    """The end of a certificate before its time, with the reason. Never changed."""

    __tablename__ = "certificate_revocations"

    number: Mapped[str] = mapped_column(ForeignKey("certificates.number"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    revoked_by: Mapped[str] = mapped_column(String(40))
    revoked_at: Mapped[datetime]
