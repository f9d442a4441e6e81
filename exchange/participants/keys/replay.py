"""How the offline verifier checks keys: proved by their holder, certified, and revoked at a place of the log."""

from typing import Any

from exchange.core.clock import to_millis
from exchange.core.entries import LoggedEvent
from exchange.core.errors import Invalid
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.keys.facts import AuthorityKey, KeyFacts, MemberKey
from exchange.trust import PublicKey, Signature, jws
from exchange.trust.certificates import (
    REASONS,
    Validity,
    check_cross,
    check_list,
    check_member,
    check_root,
)
from exchange.trust.key_certificates import (
    KeyStatement,
    digest_of,
    issuer_of_statement,
    read_statement,
)
from exchange.trust.purposes import KEY_PROOF, key_proof_payload, unchallenged_proof_payload

RULES = ReplayRules()


@RULES.on("exchange_key.registered")
def note_exchange_key(replay: Replay, event: LoggedEvent) -> None:
    key = PublicKey.from_jwk(event.content["public_jwk"])
    if event.content["purpose"].startswith("signing"):
        replay.facts(KeyFacts).exchange[key.kid] = key


@RULES.on("authority.established")
def note_authority(replay: Replay, event: LoggedEvent) -> None:
    """A root is of the key that it names; a later one is certified by the one before it."""
    facts, payload = replay.facts(KeyFacts), event.content
    key = PublicKey.from_jwk(payload["public_jwk"])
    if key.kid != payload["kid"] or payload["number"] != len(facts.authorities) + 1:
        replay.finding("the authority's key is not the one the event names, or out of turn")
    check_root(payload["root"], key)
    before = list(facts.authorities)
    if payload["predecessor"] != (before[-1] if before else None):
        replay.finding("the authority's key names another predecessor than the log does")
    elif before:
        check_cross(payload["cross_certificate"], key, facts.authorities[before[-1]].root)
    facts.authorities[key.kid] = AuthorityKey(key, payload["root"])
    replay.checked(N_("authority keys"))


@RULES.on("signing_key.enrolled")
def check_enrolment(replay: Replay, event: LoggedEvent) -> None:
    """The holder proved to have the private half; a key that is replaced agreed."""
    facts, payload = replay.facts(KeyFacts), event.content
    key, organisation_id = PublicKey.from_jwk(payload["public_jwk"]), payload["organisation_id"]
    if key.kid != payload["kid"] or key.algorithm != payload["algorithm"]:
        replay.finding("the enrolled key is not the one the event names")
    if key.kid in facts.members:
        replay.finding(f"key {key.kid} is enrolled a second time")
    statement = _proved_statement(payload)
    jws.verify(statement, Signature(**payload["proof"]), key=key, typ=KEY_PROOF, role="holder")
    if payload.get("replaces") is not None:
        _check_replacement(facts, event, key, statement)
    facts.members[key.kid] = MemberKey(organisation_id, key)
    replay.checked(N_("key enrolments"))


@RULES.on("signing_key.certified")
def check_certificate(replay: Replay, event: LoggedEvent) -> None:
    """An authority stated before signed it, for an enrolled key that is not revoked."""
    facts, payload = replay.facts(KeyFacts), event.content
    issuer = issuer_of_statement(payload["statement"])
    if issuer not in facts.authorities:
        raise Invalid(f"the exchange has no authority {issuer} at this place of the log")
    authority = facts.authorities[issuer]
    statement = read_statement(payload["statement"], key=authority.key)
    stated = (statement.public.kid, statement.holder.organisation_id, statement.serial)
    if stated != (payload["kid"], payload["organisation_id"], payload["serial"]):
        replay.finding("the certificate is for another key, organisation or serial than the event names")
    _check_x509(statement, payload["x509"], authority.root)
    facts.member_key(statement.public.kid, statement.holder.organisation_id)
    member = facts.members[statement.public.kid]
    if member.revoked_at is not None:
        replay.finding(f"key {statement.public.kid} is certified after it was revoked")
    if any(statement.serial in known.issued for known in facts.authorities.values()):
        replay.finding(f"the serial {statement.serial} is given out twice")
    member.certified.append(statement.validity)
    authority.issued[statement.serial] = (member.key.kid, to_millis(statement.validity.not_after))
    replay.checked(N_("key certificates"))


@RULES.on("signing_key.revoked")
def note_revocation(replay: Replay, event: LoggedEvent) -> None:
    """From here on the key counts for nothing."""
    facts, payload = replay.facts(KeyFacts), event.content
    facts.member_key(payload["kid"], payload["organisation_id"])
    member = facts.members[payload["kid"]]
    if payload["reason"] not in REASONS:
        replay.finding(f"a key is not revoked for {payload['reason']!r}")
    if member.revoked_at is not None:
        replay.finding(f"key {payload['kid']} is revoked a second time")
    if payload["serials"] != _serials_of(facts, payload["kid"]):
        replay.finding("the revocation does not name the certificates of its key")
    member.revoked_at = event.position
    replay.checked(N_("key revocations"))


@RULES.on("revocation_list.issued")
def check_revocation_list(replay: Replay, event: LoggedEvent) -> None:
    """A list names exactly the certificates in force whose keys are revoked before it."""
    facts, payload = replay.facts(KeyFacts), event.content
    if payload["authority_kid"] not in facts.authorities:
        raise Invalid(f"the exchange has no authority {payload['authority_kid']} at this place of the log")
    authority = facts.authorities[payload["authority_kid"]]
    if payload["number"] != authority.list_number + 1:
        replay.finding(f"revocation list {payload['number']} follows {authority.list_number}")
    authority.list_number = payload["number"]
    if payload["x509"] is None:
        return  # too long for an event; what it should say stands in the log all the same
    if digest_of(payload["x509"]) != payload["x509_sha256"]:
        replay.finding("the revocation list does not have the digest that the event names")
    number, validity, serials = check_list(payload["x509"], root=authority.root)
    if number != payload["number"]:
        replay.finding("the revocation list has another number than the event names")
    if serials != _revoked_serials(facts, authority, to_millis(validity.not_before)):
        replay.finding("the revocation list does not name exactly the revoked certificates")
    replay.checked(N_("revocation lists"))


def _proved_statement(payload: dict[str, Any]) -> bytes:
    if "challenge" not in payload:
        return unchallenged_proof_payload(payload["organisation_id"], payload["public_jwk"])
    return key_proof_payload(
        payload["organisation_id"],
        payload["public_jwk"],
        person_id=payload["person_id"],
        challenge=payload["challenge"],
        replaces=payload["replaces"],
    )


def _check_replacement(facts: KeyFacts, event: LoggedEvent, key: PublicKey, statement: bytes) -> None:
    payload = event.content
    old = facts.signing_key(payload["replaces"], payload["organisation_id"], at=event)
    proof = Signature(**payload["predecessor_proof"])
    jws.verify(statement, proof, key=old, typ=KEY_PROOF, role="predecessor")
    member = facts.members[old.kid]
    if member.replaced_by is not None:
        raise Invalid(f"key {old.kid} is replaced a second time")
    member.replaced_by = key.kid


def _check_x509(statement: KeyStatement, x509: str | None, root: str) -> None:
    if digest_of(x509) != statement.x509_sha256:
        raise Invalid("the X.509 certificate is not the one that the authority's statement names")
    if x509 is not None:
        check_member(
            x509,
            statement.public,
            root=root,
            holder=statement.holder,
            serial=statement.serial,
            validity=Validity(statement.validity.not_before, statement.validity.not_after),
        )


def _serials_of(facts: KeyFacts, kid: str) -> list[str]:
    return sorted(
        serial
        for authority in facts.authorities.values()
        for serial, (owner, _) in authority.issued.items()
        if owner == kid
    )


def _revoked_serials(facts: KeyFacts, authority: AuthorityKey, at_ms: int) -> frozenset[str]:
    return frozenset(
        serial
        for serial, (kid, ends_ms) in authority.issued.items()
        if facts.members[kid].revoked_at is not None and ends_ms > at_ms
    )
