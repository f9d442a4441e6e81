"""What can be done with an agreement."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts import negotiations
from contracts.agreements import life, queries, signing
from contracts.agreements.events import AgreementExecuted, AgreementFrozen, AgreementSigned
from contracts.agreements.models import Agreement, AgreementSignature, AgreementState
from contracts.terms import Party, build_terms, check_terms
from exchange import catalogue, datasets, participants, registry
from exchange.core.clock import to_millis
from exchange.core.errors import Conflict, NotPermitted
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import derived_id
from exchange.participants import Actor
from exchange.trust import PrivateKey, Signature, jws, purpose_of
from exchange.trust.purposes import COUNTERSIGNATURE


class AlreadySigned(Conflict):
    """This party has signed with another signature; a signature is never replaced."""

    code = "already-signed"


def freeze_agreed_offer(session: Session, event: negotiations.OfferAccepted, *, at: datetime) -> None:
    """Turn the accepted offer into terms whose bytes will never change; harmless when repeated."""
    agreed = negotiations.get_agreed_offer(session, event.negotiation_id)
    agreement_id = derived_id("agr", agreed.negotiation_id)
    if session.get(Agreement, agreement_id) is not None:
        return
    listing = catalogue.get_version_card(session, agreed.listing_id, agreed.listing_version)
    # Only what is delivered from here is negotiated, so the content has a revision.
    datasets.require_standing(session, listing.content["revision"]["id"])
    terms = check_terms(
        build_terms(
            agreement_id=agreement_id,
            negotiation_id=agreed.negotiation_id,
            contract_id=agreed.contract_id,
            parties=_parties(session, agreed, at),
            listing=vars(listing),
            offer=agreed.offer,
            valid_from=_begins_at(session, agreed, at),
            identity=registry.find_marks(session, agreed.listing_id),
            renews=agreed.renews,
        )
    )
    session.add(
        Agreement(
            id=agreement_id,
            contract_id=agreed.contract_id,
            negotiation_id=agreed.negotiation_id,
            listing_id=agreed.listing_id,
            provider_id=agreed.provider_id,
            buyer_id=agreed.buyer_id,
            terms=terms.data,
            terms_sha256=terms.digest,
            state=AgreementState.AWAITING_SIGNATURES,
            frozen_at=at,
            valid_until=terms.valid_until,
        )
    )
    frozen = AgreementFrozen(agreement_id, agreed.negotiation_id, terms.data.decode(), terms.digest)
    record_event(session, frozen, subject=agreement_id, actor=EXCHANGE, at=at)


def sign_agreement(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    signature: Signature,
    signing_key_of: Callable[[str], PrivateKey],
    now: datetime,
) -> Agreement:
    """Add the actor's signature; with the second one the exchange countersigns and data may flow.

    Provider and buyer sign in any order. The same signature again changes nothing, so a client may retry.

    Args:
        signing_key_of: gives the exchange's own key for the suite that the terms demand.

    Raises:
        KeyStrange, KeyRevoked, KeyExpired: the key is not the organisation's, or not in force.
        SignatureInvalid: it does not cover these exact bytes in this role with the key the terms name.
        AlreadySigned: the party has signed with another signature.
        NotPermitted: the actor's organisation is no party.
        RevisionNotStanding: the revision that the terms name was withdrawn.
        AgreementAbandoned: a party gave the agreement up, or it was not signed in time.
    """
    agreement = _locked(session, agreement_id, actor)
    role = _role_of(actor, agreement)
    signatures = queries.signatures_of(session, agreement_id)
    if role in signatures:
        if signatures[role] == signature:
            return agreement
        raise AlreadySigned(f"the {role} has signed already")
    life.require_open(session, agreement_id)
    terms = queries.get_terms(session, agreement_id)
    datasets.require_standing(session, terms.revision_id)
    kid = jws.read_header(signature).kid
    participants.require_active_key(session, actor.organisation_id, kid, now=now)
    signing.verify_party(terms, role, signature, participants.get_public_key(session, kid))
    session.add(
        AgreementSignature(
            agreement_id=agreement_id,
            role=role,
            kid=kid,
            person_id=actor.person_id,
            protected=signature.protected,
            signature=signature.signature,
            signed_at=now,
        )
    )
    signed = AgreementSigned(agreement_id, role, kid, _plain(signature))
    record_event(session, signed, subject=agreement_id, actor=actor.person_id, at=now)
    signatures[role] = signature
    if len(signatures) == 2:
        _countersign(session, agreement, signatures, signing_key_of(terms.required_suite), now)
    return agreement


def _countersign(
    session: Session,
    agreement: Agreement,
    signatures: dict[str, Signature],
    exchange_key: PrivateKey,
    now: datetime,
) -> None:
    terms = queries.get_terms(session, agreement.id)
    agreement.countersignature = jws.sign_compact(
        signing.countersignature_payload(terms, signatures),
        exchange_key,
        typ=COUNTERSIGNATURE,
        role="exchange",
        issued_at=to_millis(now) // 1000,
    )
    agreement.state, agreement.executed_at = AgreementState.ACTIVE, now
    session.flush()  # reactions read the active agreement
    executed = AgreementExecuted(
        agreement.id,
        terms.data.decode(),
        {role: _plain(item) for role, item in signatures.items()},
        agreement.countersignature,
    )
    record_event(session, executed, subject=agreement.id, actor=EXCHANGE, at=now)


def _begins_at(session: Session, agreed: negotiations.AgreedOffer, at: datetime) -> datetime:
    """When the agreement begins: at its acceptance, and a renewal not before what it follows has ended.

    The end may have moved since the renewal was proposed, so it is looked up again.
    """
    if agreed.renews is None:
        return at if agreed.begins_at is None else max(at, agreed.begins_at)
    followed = session.get_one(Agreement, agreed.renews)
    return max(at, followed.valid_until)


def _parties(session: Session, agreed: negotiations.AgreedOffer, at: datetime) -> tuple[Party, ...]:
    suite = agreed.offer["required_suite"]
    provider, buyer = (
        _party(session, role, organisation_id, suite, at)
        for role, organisation_id in (("provider", agreed.provider_id), ("buyer", agreed.buyer_id))
    )
    operator = participants.get_operator_card(session)
    exchange = _named("exchange", operator, participants.get_exchange_key(session, purpose_of(suite)))
    return provider, buyer, exchange


def _party(session: Session, role: str, organisation_id: str, suite: str, at: datetime) -> Party:
    card = participants.get_organisation_card(session, organisation_id)
    return _named(role, card, participants.get_active_key(session, organisation_id, now=at, suite=suite))


def _named(role: str, card: participants.OrganisationCard, key: Any) -> Party:
    # A snapshot: what the organisation is called later changes nothing in the terms (domain.md, art. 33).
    decided = None if card.decided_at is None else to_millis(card.decided_at)
    return Party(
        role, card.id, card.name_zh, card.name_en, card.uscc, key.kid, key.algorithm, card.state, decided
    )


def _locked(session: Session, agreement_id: str, actor: Actor) -> Agreement:
    # Two parties signing at once: the second waits, then sees the first signature and executes.
    session.execute(
        select(Agreement.id).where(Agreement.id == agreement_id).with_for_update(key_share=True)
    )
    return queries.get_agreement(session, agreement_id, actor=actor)


def _role_of(actor: Actor, agreement: Agreement) -> str:
    for role in ("provider", "buyer"):
        if actor.organisation_id == getattr(agreement, f"{role}_id"):
            return role
    raise NotPermitted("only the provider and the buyer sign an agreement")


def _plain(signature: Signature) -> dict[str, str]:
    return {"protected": signature.protected, "signature": signature.signature}
