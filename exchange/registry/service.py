"""What can be done in the register."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exchange import catalogue, participants
from exchange.core.clock import SHANGHAI
from exchange.core.database import insert_ignoring
from exchange.core.errors import NotFound, NotPermitted, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER
from exchange.registry import queries
from exchange.registry.certificate import Draft, sign_certificate
from exchange.registry.events import (
    CertificateIssued,
    CertificateRevoked,
    ObjectionDecided,
    RegistrationApplied,
    RegistrationObjected,
)
from exchange.registry.identifiers import ProductIdentifiers, make_identifiers
from exchange.registry.models import (
    Certificate,
    CertificateRevocation,
    Objection,
    ObjectionState,
    ProductIdentity,
    RegisterSeries,
    Registration,
    RegistrationState,
)
from exchange.trust import PrivateKey

LISTED = "listed"


@dataclass(frozen=True)
class Issuer:
    """Who issues: the exchange's name and key, and the forms of the numbers it gives."""

    name: str
    key: PrivateKey
    handle_prefix: str
    area_code: str
    certificate_years: int


def apply_for_registration(
    session: Session, event: catalogue.ListingVersionDecided, *, at: datetime
) -> None:
    """Bring a version that was listed just now into public notice; a reaction, harmless when repeated."""
    known = session.get(Registration, (event.listing_id, event.version))
    if event.decision != LISTED or known is not None:
        return
    session.flush()  # the registration's foreign key needs the version's row
    session.add(
        Registration(
            listing_id=event.listing_id,
            version=event.version,
            state=RegistrationState.PUBLIC_NOTICE,
            applied_at=at,
        )
    )
    record_event(
        session,
        RegistrationApplied(event.listing_id, event.version),
        subject=event.listing_id,
        actor=EXCHANGE,
        at=at,
    )


def raise_objection(
    session: Session, *, actor: Actor, listing_id: str, version: int, reason: str, now: datetime
) -> Objection:
    """Object to a registration in public notice; no certificate is issued before the operator's decision.

    Raises:
        WrongState: the public notice is over.
        NotPermitted: nobody objects to their own registration.
    """
    actor.require_role(PROVIDER, BUYER)
    registration = _locked_registration(session, listing_id, version)
    if registration.state != RegistrationState.PUBLIC_NOTICE:
        raise WrongState(
            f"the public notice is over: the registration is {registration.state}",
            remedy="Ask the operator to revoke the certificate.",
        )
    listing = catalogue.get_version_card(session, listing_id, version)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("nobody objects to their own registration")
    objection = Objection(
        id=new_id("obj"),
        listing_id=listing_id,
        version=version,
        organisation_id=actor.organisation_id,
        reason=reason,
        state=ObjectionState.OPEN,
        raised_at=now,
    )
    session.add(objection)
    event = RegistrationObjected(objection.id, listing_id, version, actor.organisation_id, reason)
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return objection


def decide_objection(
    session: Session, *, actor: Actor, objection_id: str, decision: str, reason: str, now: datetime
) -> Objection:
    """Uphold an objection, which refuses the registration, or dismiss it; the same again changes nothing.

    Raises:
        WrongState: it was decided the other way already.
    """
    actor.require_role(OPERATOR)
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound(f"there is no objection {objection_id}")
    registration = _locked_registration(session, objection.listing_id, objection.version)
    session.refresh(objection)
    if objection.state == decision:
        return objection
    if objection.state != ObjectionState.OPEN:
        raise WrongState(f"the objection is {objection.state} already")
    objection.state, objection.decided_at = decision, now
    objection.decided_by, objection.decision_reason = actor.person_id, reason
    if decision == ObjectionState.UPHELD:
        registration.state, registration.decided_at = RegistrationState.REFUSED, now
    event = ObjectionDecided(objection_id, objection.listing_id, objection.version, decision, reason)
    record_event(session, event, subject=objection.listing_id, actor=actor.person_id, at=now)
    return objection


def issue_certificate(
    session: Session, *, listing_id: str, version: int, issuer: Issuer, now: datetime
) -> Certificate | None:
    """Sign the certificate of a registration whose public notice is over.

    None when there is nothing to issue any more: another node was faster, or an objection came in.
    """
    registration = _locked_registration(session, listing_id, version)
    if registration.state != RegistrationState.PUBLIC_NOTICE:
        return None
    if queries.has_open_objection(session, listing_id, version):
        return None
    listing = catalogue.get_version_card(session, listing_id, version)
    holder = participants.get_organisation_card(session, listing.organisation_id)
    draft = Draft(
        number=_next_certificate_number(session, now),
        supersedes=queries.newest_certificate_number(session, listing_id),
        listing=listing,
        holder=holder,
        identifiers=_identifiers(session, listing, holder, issuer, now),
        issued_at=now,
        valid_until=_years_later(now, issuer.certificate_years),
    )
    registration.state, registration.decided_at = RegistrationState.ISSUED, now
    return _sign(session, draft, issuer)


def revoke_certificate(
    session: Session, *, actor: Actor, number: str, reason: str, now: datetime
) -> CertificateRevocation:
    """End a certificate before its time; the listing's state is decided elsewhere.

    Revoking again changes nothing.

    Raises:
        NotFound: no certificate has this number.
    """
    actor.require_role(OPERATOR)
    certificate = session.scalars(
        select(Certificate).where(Certificate.number == number).with_for_update(key_share=True)
    ).one_or_none()
    if certificate is None:
        raise NotFound(f"there is no certificate {number}")
    if (known := session.get(CertificateRevocation, number)) is not None:
        return known
    revocation = CertificateRevocation(
        number=number, reason=reason, revoked_by=actor.person_id, revoked_at=now
    )
    session.add(revocation)
    event = CertificateRevoked(number, certificate.listing_id, reason)
    record_event(session, event, subject=certificate.listing_id, actor=actor.person_id, at=now)
    return revocation


def _sign(session: Session, draft: Draft, issuer: Issuer) -> Certificate:
    document = draft.document(issuer.name)
    certificate = Certificate(
        number=draft.number,
        listing_id=draft.listing.id,
        version=draft.listing.version,
        type=draft.type,
        document=document,
        token=sign_certificate(document, issuer.key, at=draft.issued_at),
        issued_at=draft.issued_at,
        valid_until=draft.valid_until,
        supersedes=draft.supersedes,
    )
    session.add(certificate)
    event = CertificateIssued(
        number=draft.number,
        listing_id=draft.listing.id,
        version=draft.listing.version,
        handle=draft.identifiers.handle,
        product_no=draft.identifiers.product_no,
        token=certificate.token,
    )
    record_event(session, event, subject=draft.listing.id, actor=EXCHANGE, at=draft.issued_at)
    return certificate


def _identifiers(
    session: Session,
    listing: catalogue.PublishedListing,
    holder: participants.OrganisationCard,
    issuer: Issuer,
    now: datetime,
) -> ProductIdentifiers:
    """The identifiers that the product has, or new ones at its first certificate."""
    if (known := queries.find_identity(session, listing.id)) is not None:
        return ProductIdentifiers(known.handle, known.product_no)
    made = make_identifiers(
        _next(session, "product"),
        prefix=issuer.handle_prefix,
        area_code=issuer.area_code,
        uscc=holder.uscc,
        sector=listing.content["sector"],
        product_kind=listing.content.get("product_kind", "dataset"),
    )
    session.add(
        ProductIdentity(
            listing_id=listing.id, handle=made.handle, product_no=made.product_no, assigned_at=now
        )
    )
    return made


def _next_certificate_number(session: Session, now: datetime) -> str:
    year = now.astimezone(SHANGHAI).year
    return f"R{year}-{_next(session, f'certificate-{year}'):06d}"


def _next(session: Session, series: str) -> int:
    # A counter row, not a database sequence: a rollback would leave a gap that looks like a hidden certificate.
    insert_ignoring(session, RegisterSeries, name=series, issued=0)
    issued: int = session.execute(
        update(RegisterSeries)
        .where(RegisterSeries.name == series)
        .values(issued=RegisterSeries.issued + 1)
        .returning(RegisterSeries.issued)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return issued


def _years_later(instant: datetime, years: int) -> datetime:
    # A certificate issued on 29 February ends on 28 February.
    day = 28 if (instant.month, instant.day) == (2, 29) else instant.day
    return instant.replace(year=instant.year + years, day=day)


def _locked_registration(session: Session, listing_id: str, version: int) -> Registration:
    # An objection and the certificate at once: the second waits, then sees what the first did.
    registration = session.scalars(
        select(Registration)
        .where(Registration.listing_id == listing_id, Registration.version == version)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if registration is None:
        raise NotFound(f"version {version} of listing {listing_id} is not being registered")
    return registration
