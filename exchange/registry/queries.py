"""Reads of the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from exchange.catalogue import get_version_card
from exchange.core import canonical
from exchange.core.errors import NotFound
from exchange.participants import Actor
from exchange.registry.models import (
    Certificate,
    CertificateRevocation,
    Objection,
    ObjectionState,
    ProductIdentity,
    Registration,
    RegistrationState,
)

#: Most registrations that one list shows; older ones are found by their listing.
MOST_LISTED = 200


@dataclass(frozen=True)
class CertificateCard:
    """A certificate and how it stands now."""

    number: str
    listing_id: str
    version: int
    type: str
    #: `valid`, `superseded`, `revoked` or `expired`.
    state: str
    #: What was signed.
    document: dict[str, Any]
    token: str
    issued_at: datetime
    valid_until: datetime
    supersedes: str | None
    superseded_by: str | None
    revoked_at: datetime | None
    revocation_reason: str | None


@dataclass(frozen=True)
class RegistrationCard:
    """A registration as lists show it."""

    listing_id: str
    version: int
    state: str
    title_zh: str
    title_en: str
    organisation_id: str
    applied_at: datetime
    decided_at: datetime | None


def get_certificate_card(session: Session, number: str, *, now: datetime) -> CertificateCard:
    """One certificate.

    Raises:
        NotFound: no certificate has this number.
    """
    for card in _certificates(session, now, Certificate.number == number):
        return card
    raise NotFound(f"there is no certificate {number}", remedy="Compare the number with the document.")


def find_certificates(session: Session, listing_id: str, *, now: datetime) -> list[CertificateCard]:
    """The certificates of a listing, newest first."""
    return _certificates(session, now, Certificate.listing_id == listing_id)


def find_identity(session: Session, listing_id: str) -> ProductIdentity | None:
    """The identifiers of a listing; None until its first certificate is issued."""
    return session.get(ProductIdentity, listing_id)


def find_marks(session: Session, listing_id: str) -> dict[str, str]:
    """The product's handle and newest certificate number; without what has not been issued yet."""
    identity, number = find_identity(session, listing_id), newest_certificate_number(session, listing_id)
    marks = {"handle": identity.handle if identity else None, "certificate_no": number}
    return {name: value for name, value in marks.items() if value}


def find_exported_identifiers(
    session: Session, versions: Mapping[str, int]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the register calls listings, by scheme, for exports of these versions.

    The number of a certificate is told of the version it is about, while it is not revoked.
    """
    certificates = session.execute(
        select(Certificate.listing_id, Certificate.version, Certificate.number)
        .outerjoin(CertificateRevocation, CertificateRevocation.number == Certificate.number)
        .where(Certificate.listing_id.in_(versions), CertificateRevocation.number.is_(None))
    )
    numbers = {
        listing_id: number
        for listing_id, version, number in certificates
        if version == versions[listing_id]
    }
    identities = session.scalars(select(ProductIdentity).where(ProductIdentity.listing_id.in_(versions)))
    return {
        row.listing_id: (
            ("handle", row.handle),
            ("product_no", row.product_no),
            *((("certificate_no", numbers[row.listing_id]),) if row.listing_id in numbers else ()),
        )
        for row in identities
    }


def get_identity_by_handle(session: Session, handle: str) -> ProductIdentity:
    """The product behind a handle.

    Raises:
        NotFound: the handle was never given out.
    """
    identity = session.scalars(
        select(ProductIdentity).where(ProductIdentity.handle == handle)
    ).one_or_none()
    if identity is None:
        raise NotFound(f"there is no handle {handle}")
    return identity


def find_registrations(
    session: Session, *, actor: Actor, state: str | None = None
) -> list[RegistrationCard]:
    """The registrations an actor may see, newest first: those in public notice, and their own.

    Operators and regulators see all.
    """
    query = select(Registration).order_by(Registration.applied_at.desc(), Registration.listing_id)
    if state is not None:
        query = query.where(Registration.state == state)
    cards = (_registration_card(session, row) for row in session.scalars(query.limit(MOST_LISTED)))
    return [
        card
        for card in cards
        if actor.oversees
        or card.organisation_id == actor.organisation_id
        or card.state == RegistrationState.PUBLIC_NOTICE
    ]


def find_ripe_registrations(session: Session, *, applied_before: datetime) -> list[tuple[str, int]]:
    """Listings and versions whose public notice is over and against which no objection is open."""
    objected = select(Objection.id).where(
        Objection.listing_id == Registration.listing_id,
        Objection.version == Registration.version,
        Objection.state == ObjectionState.OPEN,
    )
    rows = session.execute(
        select(Registration.listing_id, Registration.version)
        .where(
            Registration.state == RegistrationState.PUBLIC_NOTICE,
            Registration.applied_at <= applied_before,
            ~objected.exists(),
        )
        .order_by(Registration.applied_at, Registration.listing_id, Registration.version)
        .limit(MOST_LISTED)
    )
    return [(row.listing_id, row.version) for row in rows]


def find_objections(session: Session, *, state: str | None = None) -> list[Objection]:
    """Objections, newest first, of one state if given."""
    query = select(Objection).order_by(Objection.id.desc()).limit(MOST_LISTED)
    return list(session.scalars(query if state is None else query.where(Objection.state == state)))


def has_open_objection(session: Session, listing_id: str, version: int) -> bool:
    """Whether somebody's objection waits for the operator."""
    query = select(Objection.id).where(
        Objection.listing_id == listing_id,
        Objection.version == version,
        Objection.state == ObjectionState.OPEN,
    )
    return session.scalars(query.limit(1)).first() is not None


def newest_certificate_number(session: Session, listing_id: str) -> str | None:
    """The certificate that the next one of the listing supersedes."""
    query = select(Certificate.number).where(Certificate.listing_id == listing_id)
    return session.scalars(query.order_by(Certificate.version.desc()).limit(1)).one_or_none()


def _certificates(session: Session, now: datetime, *conditions: Any) -> list[CertificateCard]:
    later = aliased(Certificate)
    rows = session.execute(
        select(Certificate, CertificateRevocation, later.number)
        .outerjoin(CertificateRevocation, CertificateRevocation.number == Certificate.number)
        .outerjoin(later, later.supersedes == Certificate.number)
        .where(*conditions)
        .order_by(Certificate.version.desc())
    )
    return [_certificate_card(*row, now=now) for row in rows]


def _certificate_card(
    row: Certificate, revocation: CertificateRevocation | None, superseded_by: str | None, *, now: datetime
) -> CertificateCard:
    return CertificateCard(
        number=row.number,
        listing_id=row.listing_id,
        version=row.version,
        type=row.type,
        state=_state(row, revocation, superseded_by, now),
        document=canonical.from_bytes(row.document),
        token=row.token,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        supersedes=row.supersedes,
        superseded_by=superseded_by,
        revoked_at=revocation.revoked_at if revocation else None,
        revocation_reason=revocation.reason if revocation else None,
    )


def _state(
    row: Certificate, revocation: CertificateRevocation | None, superseded_by: str | None, now: datetime
) -> str:
    if revocation is not None:
        return "revoked"
    if superseded_by is not None:
        return "superseded"
    return "expired" if now >= row.valid_until else "valid"


def _registration_card(session: Session, row: Registration) -> RegistrationCard:
    listing = get_version_card(session, row.listing_id, row.version)
    return RegistrationCard(
        listing_id=row.listing_id,
        version=row.version,
        state=row.state,
        title_zh=listing.content["title_zh"],
        title_en=listing.content["title_en"],
        organisation_id=listing.organisation_id,
        applied_at=row.applied_at,
        decided_at=row.decided_at,
    )
