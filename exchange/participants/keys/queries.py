"""Reads of keys, certificates and revocation lists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.core.errors import Invalid, NotFound
from exchange.participants.keys.models import (
    CertificateAuthority,
    ExchangeKey,
    KeyCertificate,
    RevocationList,
    SigningKey,
)
from exchange.participants.queries import get_organisation
from exchange.trust import ALGORITHMS, PublicKey, algorithm_named, suites

ACTIVE, REPLACED, EXPIRED, REVOKED = "active", "replaced", "expired", "revoked"


class KeyRevoked(Invalid):
    """The key was revoked; what it signs from then on does not count."""

    code = "key-revoked"


class KeyExpired(Invalid):
    """No certificate of the key is in force."""

    code = "key-expired"


class KeyStrange(Invalid):
    """The key is not enrolled, or not for this organisation."""

    code = "key-strange"


@dataclass(frozen=True)
class KeyCard:
    """A signing key with its newest certificate, and how it stands."""

    kid: str
    organisation_id: str
    algorithm: str
    suites: tuple[str, ...]
    public_jwk: dict[str, Any]
    state: str
    enrolled_at: datetime
    replaced_by: str | None
    revoked_at: datetime | None
    revocation_reason: str | None
    revocation_note: str | None
    serial: str
    not_before: datetime
    not_after: datetime
    authority_kid: str
    statement: str
    x509: str | None


def get_public_key(session: Session, kid: str) -> PublicKey:
    """The registered public key, revoked or not.

    Raises:
        NotFound: no key with this id was ever enrolled.
    """
    return PublicKey.from_jwk(get_key(session, kid).public_jwk)


def get_key(session: Session, kid: str) -> SigningKey:
    """The enrolled key; NotFound when there is none of this id."""
    row = session.get(SigningKey, kid)
    if row is None:
        raise NotFound(f"there is no signing key {kid}")
    return row


def get_active_key(
    session: Session, organisation_id: str, *, now: datetime, suite: str = suites.DEFAULT
) -> SigningKey:
    """The organisation's newest key in force whose algorithm satisfies the suite.

    Raises:
        Invalid: the organisation has none, so it cannot be a party to such a contract yet.
    """
    algorithms = suites.algorithms_of(suite)
    key = session.scalars(
        select(SigningKey)
        .where(
            SigningKey.organisation_id == organisation_id,
            SigningKey.algorithm.in_(algorithms),
            SigningKey.revoked_at.is_(None),
            SigningKey.replaced_by.is_(None),
            select(KeyCertificate.serial)
            .where(KeyCertificate.kid == SigningKey.kid, KeyCertificate.not_after > now)
            .exists(),
        )
        .order_by(SigningKey.enrolled_at.desc(), SigningKey.kid)
        .limit(1)
    ).one_or_none()
    if key is None:
        name = get_organisation(session, organisation_id).name_en
        raise Invalid(
            f"{name} has no signing key in force for the suite {suite}",
            field="signing_key",
            remedy=f"A person of that organisation enrols one first: "
            f"`wdx keys create --algorithm {suites.PREFERRED[suite]}` (POST /api/v1/signing-keys).",
        )
    return key


def require_active_key(session: Session, organisation_id: str, kid: str, *, now: datetime) -> None:
    """Refuse a key that is not the organisation's own, or is revoked or expired.

    A revocation at the same moment waits for the caller's transaction, so that in the log the signature
    comes before it; or it was first, and the key is refused.

    Raises:
        KeyStrange, KeyRevoked, KeyExpired: says which.
    """
    key = session.scalars(
        select(SigningKey)
        .where(SigningKey.kid == kid)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if key is None or key.organisation_id != organisation_id:
        raise KeyStrange(
            f"your organisation has no key {kid}", field="signature", remedy="Enrol the key first."
        )
    if key.revoked_at is not None:
        raise KeyRevoked(f"key {kid} is revoked", field="signature", remedy="Sign with a key in force.")
    in_force = select(func.count()).where(
        KeyCertificate.kid == kid, KeyCertificate.not_before <= now, KeyCertificate.not_after > now
    )
    if not session.scalar(in_force):
        raise KeyExpired(
            f"no certificate of the key {kid} is in force",
            field="signature",
            remedy="Renew it: `wdx keys renew`.",
        )


def find_keys(session: Session, organisation_id: str, *, now: datetime) -> list[KeyCard]:
    """All keys an organisation ever enrolled, newest first; their number is bounded."""
    rows = session.scalars(
        select(SigningKey)
        .where(SigningKey.organisation_id == organisation_id)
        .order_by(SigningKey.enrolled_at.desc(), SigningKey.kid)
    ).all()
    newest = newest_certificates(session, [row.kid for row in rows])
    return [key_card(row, newest[row.kid], now) for row in rows if row.kid in newest]


def get_key_card(session: Session, kid: str, *, now: datetime) -> KeyCard:
    """One enrolled key with its newest certificate.

    Raises:
        NotFound: there is no such key, or it has no certificate yet.
    """
    row = get_key(session, kid)
    newest = newest_certificates(session, [kid])
    if kid not in newest:
        raise NotFound(f"the key {kid} has no certificate", remedy="Restart the server: it makes one.")
    return key_card(row, newest[kid], now)


def newest_certificates(session: Session, kids: Collection[str]) -> dict[str, KeyCertificate]:
    """The certificate of each key that is in force longest."""
    rows = session.scalars(
        select(KeyCertificate).where(KeyCertificate.kid.in_(kids)).order_by(KeyCertificate.not_after)
    )
    return {row.kid: row for row in rows}


def count_keys(session: Session, organisation_id: str) -> int:
    """How many keys an organisation ever enrolled."""
    query = select(func.count()).where(SigningKey.organisation_id == organisation_id)
    return session.scalar(query) or 0


def key_card(row: SigningKey, certificate: KeyCertificate, now: datetime) -> KeyCard:
    """A key and its certificate as other rooms and pages see them."""
    return KeyCard(
        kid=row.kid,
        organisation_id=row.organisation_id,
        algorithm=row.algorithm,
        suites=suites.suites_of(row.algorithm),
        public_jwk=row.public_jwk,
        state=_state(row, certificate, now),
        enrolled_at=row.enrolled_at,
        replaced_by=row.replaced_by,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        revocation_note=row.revocation_note,
        serial=certificate.serial,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        authority_kid=certificate.authority_kid,
        statement=certificate.statement,
        x509=certificate.x509,
    )


def get_exchange_key(session: Session, purpose: str) -> PublicKey:
    """The exchange's own public key for `signing`, `signing-hybrid`, `signing-sm` or the `log`."""
    row = session.scalars(select(ExchangeKey).where(ExchangeKey.purpose == purpose)).one_or_none()
    if row is None:
        raise NotFound(
            f"the exchange has registered no {purpose} key", remedy="Run `wdx db upgrade` on its server."
        )
    return PublicKey.from_jwk(row.public_jwk)


def find_exchange_keys(session: Session) -> list[ExchangeKey]:
    """All keys the exchange signs with."""
    return list(session.scalars(select(ExchangeKey).order_by(ExchangeKey.purpose)))


def find_authorities(session: Session) -> list[CertificateAuthority]:
    """The keys of the certificate authority, oldest first; a rotation every few years adds one."""
    return list(session.scalars(select(CertificateAuthority).order_by(CertificateAuthority.number)))


def get_authority(session: Session, kid: str) -> CertificateAuthority:
    """One key of the certificate authority; NotFound when there is none of this id."""
    row = session.get(CertificateAuthority, kid)
    if row is None:
        raise NotFound(f"there is no certificate authority {kid}")
    return row


def get_newest_list(session: Session, authority_kid: str) -> RevocationList:
    """The revocation list in force of one key of the authority."""
    row = session.scalars(
        select(RevocationList)
        .where(RevocationList.authority_kid == authority_kid)
        .order_by(RevocationList.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no revocation list of the authority {authority_kid}")
    return row


def describe_authorities(session: Session) -> list[dict[str, Any]]:
    """The keys of the authority, each with its revocation list in force."""
    described = []
    for row in find_authorities(session):
        newest = get_newest_list(session, row.kid)
        described.append(
            {
                "kid": row.kid,
                "number": row.number,
                "public_jwk": row.public_jwk,
                "root": row.root,
                "cross_certificate": row.cross_certificate,
                "established_at": row.established_at,
                "not_after": row.not_after,
                "revocation_list": newest.x509,
                "revocation_list_number": newest.number,
                "revocation_list_next_at": newest.next_at,
            }
        )
    return described


def describe_algorithms() -> list[dict[str, Any]]:
    """The registry as this machine can use it."""
    return [
        {
            "id": name,
            "available": not (missing := algorithm_named(name).missing()),
            "needs": missing or None,
            "suites": list(suites.suites_of(name)),
            "in_x509": algorithm_named(name).in_x509,
        }
        for name in ALGORITHMS
    ]


def _state(row: SigningKey, certificate: KeyCertificate, now: datetime) -> str:
    if row.revoked_at is not None:
        return REVOKED
    if certificate.not_after <= now:
        return EXPIRED
    return ACTIVE if row.replaced_by is None else REPLACED
