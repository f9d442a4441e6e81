"""Signing keys and the authority over HTTP."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import BUYER, PROVIDER
from exchange.participants.keys import queries, service
from exchange.participants.keys.issuing import issuance_of
from exchange.participants.keys.schemas import (
    AlgorithmSchema,
    AuthoritySchema,
    ChallengeKeySchema,
    EnrolSigningKeySchema,
    ExchangeKeySchema,
    KeyChallengeSchema,
    RevokeSigningKeySchema,
    SigningKeySchema,
)
from exchange.trust import Signature

blueprint = Blueprint(
    "keys", __name__, url_prefix="/api/v1", description="Signing keys, their certificates and the authority"
)


@blueprint.post("/signing-keys/challenges")
@requires(PROVIDER, BUYER)
@blueprint.arguments(ChallengeKeySchema)
@blueprint.response(200, KeyChallengeSchema)
def challenge_enrolment(key: dict[str, Any]) -> Any:
    """Get the challenge that the proof of a key has to name"""
    return service.challenge_enrolment(actor=current_actor(), secret=_secret(), now=now(), **key)


@blueprint.post("/signing-keys")
@requires(PROVIDER, BUYER)
@blueprint.arguments(EnrolSigningKeySchema)
@blueprint.response(201, SigningKeySchema)
def enrol_signing_key(enrolment: dict[str, Any]) -> Any:
    """Enrol the public half of your own signing key, and have it certified"""
    earlier = enrolment.pop("predecessor_proof")
    return service.enrol_signing_key(
        get_session(),
        actor=current_actor(),
        proof=Signature(**enrolment.pop("proof")),
        predecessor_proof=Signature(**earlier) if earlier else None,
        secret=_secret(),
        issuance=issuance_of(get_context()),
        now=now(),
        **enrolment,
    )


@blueprint.get("/signing-keys")
@requires(PROVIDER, BUYER)
@blueprint.response(200, SigningKeySchema(many=True))
def find_signing_keys() -> Any:
    """List your organisation's signing keys"""
    return queries.find_keys(get_session(), current_actor().organisation_id, now=now())


@blueprint.get("/signing-keys/<kid>")
@requires()
@blueprint.response(200, SigningKeySchema)
def get_signing_key(kid: str) -> Any:
    """Show a signing key with its certificate, your own or another member's"""
    return queries.get_key_card(get_session(), kid, now=now())


@blueprint.post("/signing-keys/<kid>/certificate")
@requires(PROVIDER, BUYER)
@blueprint.response(200, SigningKeySchema)
def renew_certificate(kid: str) -> Any:
    """Renew the certificate of your key in the last 90 days of its time"""
    return service.renew_certificate(
        get_session(), actor=current_actor(), kid=kid, issuance=issuance_of(get_context()), now=now()
    )


@blueprint.post("/signing-keys/<kid>/revocation")
@requires()
@blueprint.arguments(RevokeSigningKeySchema)
@blueprint.response(200, SigningKeySchema)
def revoke_signing_key(revocation: dict[str, str], kid: str) -> Any:
    """End a key for good; what it signed before stays signed"""
    return service.revoke_signing_key(
        get_session(),
        actor=current_actor(),
        kid=kid,
        issuance=issuance_of(get_context()),
        now=now(),
        **revocation,
    )


@blueprint.get("/signature-algorithms")
@requires()
@blueprint.response(200, AlgorithmSchema(many=True))
def find_algorithms() -> Any:
    """List the signature algorithms, and what the server lacks for those it cannot compute"""
    return queries.describe_algorithms()


@blueprint.get("/exchange-keys")
@public
@blueprint.response(200, ExchangeKeySchema(many=True))
def find_exchange_keys() -> Any:
    """List the exchange's own public keys"""
    return queries.find_exchange_keys(get_session())


@blueprint.get("/authority")
@public
@blueprint.response(200, AuthoritySchema(many=True))
def find_authorities() -> Any:
    """List the keys of the certificate authority with their revocation lists"""
    return queries.describe_authorities(get_session())


def _secret() -> bytes:
    return str(current_app.secret_key).encode()
