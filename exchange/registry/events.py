"""Facts of the register."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RegistrationApplied:
    """A listed version entered public notice, on its way to a certificate."""

    type: ClassVar[str] = "registration.applied"
    listing_id: str
    version: int


@dataclass(frozen=True)
class RegistrationObjected:
    """An organisation objected in the time of public notice; the certificate waits for the decision."""

    type: ClassVar[str] = "registration.objected"
    objection_id: str
    listing_id: str
    version: int
    organisation_id: str
    reason: str


@dataclass(frozen=True)
class ObjectionDecided:
    """The operator upheld or dismissed an objection; an upheld one refuses the registration."""

    type: ClassVar[str] = "registration.objection_decided"
    objection_id: str
    listing_id: str
    version: int
    decision: str
    reason: str


@dataclass(frozen=True)
class CertificateIssued:
    """The exchange signed a registration certificate; the token holds the whole of it."""

    type: ClassVar[str] = "registration.certificate_issued"
    number: str
    listing_id: str
    version: int
    handle: str
    product_no: str
    token: str


@dataclass(frozen=True)
class CertificateRevoked:
    """The operator ended a certificate before its time."""

    type: ClassVar[str] = "registration.certificate_revoked"
    number: str
    listing_id: str
    reason: str
