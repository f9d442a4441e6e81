"""What can be done with signing keys."""

import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core.errors import Conflict, Invalid, LimitExceeded, NotFound, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER, Actor
from exchange.participants.keys import queries
from exchange.participants.keys.challenges import make_challenge, require_challenge
from exchange.participants.keys.events import ExchangeKeyRegistered, SigningKeyEnrolled, SigningKeyRevoked
from exchange.participants.keys.issuing import Issuance, certify_key, issue_list, lock_authorities
from exchange.participants.keys.models import ExchangeKey, KeyCertificate, SigningKey
from exchange.participants.queries import lock_organisation
from exchange.trust import PublicKey, Signature, jws
from exchange.trust.certificates import REASONS
from exchange.trust.purposes import KEY_PROOF, key_proof_payload

#: Keys that an organisation ever has, old ones included; a list of them is shown whole.
MOST_KEYS: Final = 500
#: A certificate is renewed in the last months of its time; before that the one in force is given again.
_RENEWAL: Final = timedelta(days=90)


def challenge_enrolment(
    *, actor: Actor, public_jwk: dict[str, Any], replaces: str | None, secret: bytes, now: datetime
) -> dict[str, Any]:
    """What a holder has to sign so that this key is enrolled; nothing is stored.

    Raises:
        KeyRefused: the key is malformed, weak, or a private one.
        AlgorithmUnavailable: this machine cannot verify its signatures.
    """
    actor.require_role(PROVIDER, BUYER)
    key = PublicKey.from_jwk(public_jwk)
    bound_to = _bound_to(actor, key.kid, replaces)
    return {
        "organisation_id": actor.organisation_id,
        "person_id": actor.person_id,
        "kid": key.kid,
        "replaces": replaces,
        "challenge": make_challenge(secret, bound_to=bound_to, now=now),
    }


def enrol_signing_key(
    session: Session,
    *,
    actor: Actor,
    public_jwk: dict[str, Any],
    challenge: str,
    proof: Signature,
    secret: bytes,
    issuance: Issuance,
    now: datetime,
    replaces: str | None = None,
    predecessor_proof: Signature | None = None,
) -> queries.KeyCard:
    """Register and certify the public half of a key that the client made and holds; repeating changes nothing.

    Args:
        replaces: kid of the organisation's key whose place the new one takes; that one signs too.

    Raises:
        ChallengeInvalid: the challenge is over, or for another organisation, person or key.
        SignatureInvalid: the proof is not made with this key over exactly this.
        Conflict: another organisation has enrolled the key.
        KeyRevoked: the key was enrolled before and revoked; it never comes back.
    """
    actor.require_role(PROVIDER, BUYER)
    key = PublicKey.from_jwk(public_jwk)
    require_challenge(secret, challenge, bound_to=_bound_to(actor, key.kid, replaces), now=now)
    payload = key_proof_payload(
        actor.organisation_id,
        public_jwk,
        person_id=actor.person_id,
        challenge=challenge,
        replaces=replaces,
    )
    jws.verify(payload, proof, key=key, typ=KEY_PROOF, role="holder")
    lock_organisation(session, actor.organisation_id)
    if (known := session.get(SigningKey, key.kid)) is not None:
        return _known_key(session, known, actor, now)
    if queries.count_keys(session, actor.organisation_id) >= MOST_KEYS:
        raise LimitExceeded(f"an organisation enrols at most {MOST_KEYS} keys")
    if replaces is not None:
        _replace(session, actor, replaces, by=key.kid, payload=payload, proof=predecessor_proof, now=now)
    row = SigningKey(
        kid=key.kid,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        algorithm=key.algorithm,
        public_jwk=public_jwk,
        enrolled_at=now,
    )
    session.add(row)
    session.flush()  # the certificate refers to it
    enrolled = SigningKeyEnrolled(
        kid=key.kid,
        organisation_id=actor.organisation_id,
        algorithm=key.algorithm,
        public_jwk=public_jwk,
        proof=_plain(proof),
        person_id=actor.person_id,
        challenge=challenge,
        replaces=replaces,
        predecessor_proof=_plain(predecessor_proof) if predecessor_proof else None,
    )
    record_event(session, enrolled, subject=actor.organisation_id, actor=actor.person_id, at=now)
    return queries.key_card(row, certify_key(session, row, issuance, now=now), now)


def renew_certificate(
    session: Session, *, actor: Actor, kid: str, issuance: Issuance, now: datetime
) -> queries.KeyCard:
    """Certify an own key anew in the last months of its certificate; earlier, nothing changes.

    Raises:
        KeyRevoked: the key is revoked for good.
    """
    actor.require_role(PROVIDER, BUYER)
    key = _locked_key(session, kid, actor)
    if key.revoked_at is not None:
        raise _revoked(kid)
    newest = queries.newest_certificates(session, [kid]).get(kid)
    if newest is None or newest.not_after - now <= _RENEWAL:
        newest = certify_key(session, key, issuance, now=now)
    return queries.key_card(key, newest, now)


def revoke_signing_key(
    session: Session,
    *,
    actor: Actor,
    kid: str,
    reason: str,
    note: str,
    issuance: Issuance,
    now: datetime,
) -> queries.KeyCard:
    """End a key: what stands before this in the log stays signed, nothing after it does. For good.

    Any person of the organisation may, and the operator; doing it again changes nothing.

    Raises:
        Invalid: there is no such reason.
    """
    if reason not in REASONS:
        raise Invalid(
            f"a key is not revoked for {reason!r}",
            field="reason",
            remedy=f"Use one of {', '.join(REASONS)}.",
        )
    key = _locked_key(session, kid, actor)
    if key.revoked_at is None:
        # Before the event: the lists stand in the log in the order of what they name.
        lock_authorities(session)
        key.revoked_at, key.revoked_by = now, actor.person_id
        key.revocation_reason, key.revocation_note = reason, note
        session.flush()  # the list is made from the table
        _publish_revocation(session, key, actor, issuance, now)
    return queries.get_key_card(session, kid, now=now)


def register_exchange_key(session: Session, *, key: PublicKey, purpose: str, now: datetime) -> None:
    """State the exchange's own public key in the log, once; every start calls this.

    Raises:
        Conflict: another key is registered for the purpose. Signing on with a strange key would fork the
            evidence, so the start is refused instead.
    """
    known = session.scalars(select(ExchangeKey).where(ExchangeKey.purpose == purpose)).one_or_none()
    if known is not None:
        if known.kid != key.kid:
            raise Conflict(
                f"the database knows {purpose} key {known.kid}, the key folder holds {key.kid}",
                remedy="Point WDX_KEYS_DIR at the folder that belongs to this database.",
            )
        return
    session.add(ExchangeKey(kid=key.kid, purpose=purpose, public_jwk=dict(key.jwk), registered_at=now))
    record_event(
        session,
        ExchangeKeyRegistered(key.kid, purpose, dict(key.jwk)),
        subject=EXCHANGE,
        actor=EXCHANGE,
        at=now,
    )


def key_taken() -> Conflict:
    """The refusal of a key that another organisation has enrolled."""
    return Conflict(
        "this key belongs to another organisation", field="public_jwk", remedy="Make a new key."
    )


def _bound_to(actor: Actor, kid: str, replaces: str | None) -> tuple[str, ...]:
    return (actor.organisation_id, actor.person_id, kid, replaces or "")


def _known_key(session: Session, known: SigningKey, actor: Actor, now: datetime) -> queries.KeyCard:
    if not hmac.compare_digest(known.organisation_id, actor.organisation_id):
        raise key_taken()
    if known.revoked_at is not None:
        raise _revoked(known.kid)
    return queries.get_key_card(session, known.kid, now=now)


def _replace(
    session: Session,
    actor: Actor,
    kid: str,
    *,
    by: str,
    payload: bytes,
    proof: Signature | None,
    now: datetime,
) -> None:
    if proof is None:
        raise Invalid(
            "the key that is replaced has to agree",
            field="predecessor_proof",
            remedy="Sign the statement with the old key too; if it is lost, revoke it and enrol a new one.",
        )
    queries.require_active_key(session, actor.organisation_id, kid, now=now)
    jws.verify(payload, proof, key=queries.get_public_key(session, kid), typ=KEY_PROOF, role="predecessor")
    key = _locked_key(session, kid, actor)
    if key.replaced_by is not None:
        raise WrongState(
            f"the key is replaced by {key.replaced_by} already",
            field="replaces",
            remedy="Replace that one.",
        )
    key.replaced_by = by


def _locked_key(session: Session, kid: str, actor: Actor) -> SigningKey:
    # Revoked twice, or revoked while it signs: one after the other, in the order of the log.
    key = session.scalars(
        select(SigningKey)
        .where(SigningKey.kid == kid)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if key is None or not (key.organisation_id == actor.organisation_id or actor.has_role(OPERATOR)):
        raise NotFound(f"there is no signing key {kid}")
    return key


def _publish_revocation(
    session: Session, key: SigningKey, actor: Actor, issuance: Issuance, now: datetime
) -> None:
    rows = session.scalars(select(KeyCertificate).where(KeyCertificate.kid == key.kid)).all()
    revoked = SigningKeyRevoked(
        kid=key.kid,
        organisation_id=key.organisation_id,
        reason=key.revocation_reason or "",
        note=key.revocation_note or "",
        serials=sorted(row.serial for row in rows),
    )
    record_event(session, revoked, subject=key.organisation_id, actor=actor.person_id, at=now)
    concerned = {row.authority_kid for row in rows if row.not_after > now}
    for authority in queries.find_authorities(session):
        if authority.kid in concerned:
            issue_list(session, authority, issuance, now=now)


def _revoked(kid: str) -> queries.KeyRevoked:
    return queries.KeyRevoked(
        f"the key {kid} is revoked for good", field="public_jwk", remedy="Make a new key."
    )


def _plain(signature: Signature) -> dict[str, str]:
    return {"protected": signature.protected, "signature": signature.signature}
