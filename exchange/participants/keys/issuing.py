"""The certificate authority at work: its roots, the certificates of members' keys, revocation lists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.context import Context
from exchange.core.errors import Conflict
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.participants.keys import queries
from exchange.participants.keys.events import (
    AuthorityEstablished,
    RevocationListIssued,
    SigningKeyCertified,
)
from exchange.participants.keys.models import (
    CertificateAuthority,
    KeyCertificate,
    RevocationList,
    SigningKey,
)
from exchange.participants.queries import get_organisation
from exchange.trust import Authority, PrivateKey, PublicKey, certificates
from exchange.trust.certificates import Holder, Issuer, RevokedEntry, Validity
from exchange.trust.key_certificates import KeyStatement, digest_of, sign_statement

#: A root outlives every certificate under it by far; it is replaced by a rotation, not by its end.
_ROOT_DAYS: Final = 20 * 365
#: A longer list does not fit into an event, which then holds its digest only; the revocations stand in the
#: log one by one anyway.
_MOST_LIST_BYTES: Final = 200_000
#: A list is made again when so much of its time is over, so that nobody ever fetches one that has ended.
_REFRESH_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Issuance:
    """What it takes to issue: the authority's keys and the exchange's rules."""

    authority: Authority
    certificate_days: int
    list_days: int
    name: str
    public_url: str

    def list_url(self, authority_kid: str) -> str:
        """Where a revocation list is published; empty while the exchange has no public address."""
        return f"{self.public_url.rstrip('/')}/authority/{authority_kid}.crl" if self.public_url else ""


def issuance_of(context: Context) -> Issuance:
    """The issuing of the service as it is set up."""
    settings = context.settings
    return Issuance(
        authority=context.authority,
        certificate_days=settings.key_certificate_days,
        list_days=settings.revocation_list_days,
        name=settings.log_origin,
        public_url=settings.public_url,
    )


def establish_authorities(session: Session, issuance: Issuance, *, now: datetime) -> None:
    """State every key of the authority in the log with its root and a first list; every start calls this.

    Raises:
        Conflict: the database knows a key that the folder does not hold.
    """
    keys = issuance.authority.keys()
    known = queries.find_authorities(session)
    if lost := {row.kid for row in known} - {key.kid for key in keys}:
        raise Conflict(
            f"the database knows the authority's key {min(lost)}, the key folder does not hold it",
            remedy="Point WDX_KEYS_DIR at the folder that belongs to this database.",
        )
    stated = {row.kid for row in known}
    for key in keys:
        if key.kid not in stated:
            known.append(_establish(session, key, known, issuance, now))


def certify_key(session: Session, key: SigningKey, issuance: Issuance, *, now: datetime) -> KeyCertificate:
    """Certify an enrolled key by the newest key of the authority."""
    authority = queries.find_authorities(session)[-1]
    issuer = _issuer(authority, issuance)
    organisation = get_organisation(session, key.organisation_id)
    holder = Holder(organisation.id, organisation.name_zh, organisation.name_en, organisation.uscc)
    validity = _validity(now, issuance.certificate_days, until=authority.not_after)
    public, serial = PublicKey.from_jwk(key.public_jwk), certificates.new_serial()
    list_url = issuance.list_url(authority.kid)
    x509 = certificates.member_certificate(
        public, issuer, holder=holder, serial=serial, validity=validity, list_url=list_url
    )
    statement = KeyStatement(serial, public, holder, validity, digest_of(x509))
    row = KeyCertificate(
        serial=serial,
        kid=key.kid,
        authority_kid=authority.kid,
        statement=sign_statement(statement, issuer.key, at=now),
        x509=x509,
        not_before=validity.not_before,
        not_after=validity.not_after,
    )
    session.add(row)
    certified = SigningKeyCertified(key.kid, key.organisation_id, serial, row.statement, x509)
    record_event(session, certified, subject=key.organisation_id, actor=EXCHANGE, at=now)
    return row


def certify_uncertified(session: Session, issuance: Issuance, *, now: datetime) -> None:
    """Certify the keys that were enrolled before there was an authority."""
    lock_authorities(session)  # two nodes starting at once certify them once
    certified = select(KeyCertificate.serial).where(KeyCertificate.kid == SigningKey.kid).exists()
    waiting = session.scalars(
        select(SigningKey).where(SigningKey.revoked_at.is_(None), ~certified).order_by(SigningKey.kid)
    )
    for key in waiting.all():
        certify_key(session, key, issuance, now=now)


def issue_list(
    session: Session, authority: CertificateAuthority, issuance: Issuance, *, now: datetime
) -> RevocationList:
    """Publish the next revocation list of one key of the authority."""
    lock_authorities(session)
    number = 1 + (
        session.scalar(
            select(func.max(RevocationList.number)).where(RevocationList.authority_kid == authority.kid)
        )
        or 0
    )
    validity = _validity(now, issuance.list_days, until=authority.not_after)
    listed = certificates.revocation_list(
        _issuer(authority, issuance),
        _revoked(session, authority.kid, now),
        number=number,
        validity=validity,
    )
    row = RevocationList(
        id=new_id("crl"),
        authority_kid=authority.kid,
        number=number,
        x509=listed,
        issued_at=validity.not_before,
        next_at=validity.not_after,
    )
    session.add(row)
    session.flush()  # the next number is read from the table
    fits = len(listed) <= _MOST_LIST_BYTES
    issued = RevocationListIssued(authority.kid, number, listed if fits else None, digest_of(listed) or "")
    record_event(session, issued, subject=EXCHANGE, actor=EXCHANGE, at=now)
    return row


def lock_authorities(session: Session) -> None:
    """Let one transaction at a time publish lists: the second waits, then sees the first one's."""
    session.execute(
        select(CertificateAuthority.kid)
        .order_by(CertificateAuthority.number)
        .with_for_update(key_share=True)
    )


def refresh_lists(session: Session, issuance: Issuance, *, now: datetime) -> int:
    """Publish anew the lists that are a day old; how many there were."""
    lock_authorities(session)
    old = [
        authority
        for authority in queries.find_authorities(session)
        if authority.not_after > now
        and queries.get_newest_list(session, authority.kid).issued_at <= now - _REFRESH_AFTER
    ]
    for authority in old:
        issue_list(session, authority, issuance, now=now)
    return len(old)


def _establish(
    session: Session,
    key: PrivateKey,
    known: list[CertificateAuthority],
    issuance: Issuance,
    now: datetime,
) -> CertificateAuthority:
    validity = _validity(now, _ROOT_DAYS)
    before = known[-1] if known else None
    cross = _crossed(key.public, before, issuance, now) if before else None
    row = CertificateAuthority(
        kid=key.kid,
        number=len(known) + 1,
        public_jwk=dict(key.public.jwk),
        root=certificates.root_certificate(key, name=issuance.name, validity=validity),
        cross_certificate=cross,
        established_at=now,
        not_after=validity.not_after,
    )
    session.add(row)
    session.flush()  # certificates and lists refer to it
    established = AuthorityEstablished(
        row.kid, row.number, row.public_jwk, row.root, before.kid if before else None, cross
    )
    record_event(session, established, subject=EXCHANGE, actor=EXCHANGE, at=now)
    issue_list(session, row, issuance, now=now)
    return row


def _crossed(public: PublicKey, before: CertificateAuthority, issuance: Issuance, now: datetime) -> str:
    validity = _validity(now, _ROOT_DAYS, until=before.not_after)
    return certificates.cross_certificate(
        public, _issuer(before, issuance), name=issuance.name, validity=validity
    )


def _revoked(session: Session, authority_kid: str, now: datetime) -> list[RevokedEntry]:
    # An ended certificate leaves the list: it counts for nothing anyway (RFC 5280, section 3.3).
    rows = session.execute(
        select(KeyCertificate.serial, SigningKey.revoked_at, SigningKey.revocation_reason)
        .join(SigningKey, SigningKey.kid == KeyCertificate.kid)
        .where(
            KeyCertificate.authority_kid == authority_kid,
            KeyCertificate.not_after > now,
            SigningKey.revoked_at.is_not(None),
        )
        .order_by(SigningKey.revoked_at, KeyCertificate.serial)
    )
    return [
        RevokedEntry(serial, at.replace(microsecond=0), reason or "unspecified")
        for serial, at, reason in rows
        if at is not None
    ]


def _issuer(authority: CertificateAuthority, issuance: Issuance) -> Issuer:
    return Issuer(issuance.authority.key(authority.kid), authority.root)


def _validity(now: datetime, days: int, *, until: datetime | None = None) -> Validity:
    begin = now.replace(microsecond=0)
    end = begin + timedelta(days=days)
    return Validity(begin, end if until is None else min(end, until))
