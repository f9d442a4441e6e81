"""Agreements over HTTP."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from contracts.agreements import queries, renewal, service
from contracts.agreements.refusals import note_refused_signature
from contracts.agreements.schemas import (
    AgreementSchema,
    ContractSchema,
    FindAgreementsSchema,
    ReadContractSchema,
    SignAgreementSchema,
    SignedAgreementSchema,
)
from contracts.negotiations import Proposal
from contracts.negotiations.rounds import house_rules
from contracts.negotiations.schemas import ClauseSchema, NegotiationSchema, RenewAgreementSchema
from contracts.terms import clauses_of, describe_policy, sentences_of
from exchange.context import get_context
from exchange.core import canonical
from exchange.core.errors import DomainError
from exchange.core.requests import after_refusal, get_session, needs_idempotency_key, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER, PROVIDER
from exchange.trust import Signature

blueprint = Blueprint(
    "agreements", __name__, url_prefix="/api/v1/agreements", description="Signed agreements"
)


@blueprint.get("")
@requires()
@blueprint.arguments(FindAgreementsSchema, location="query")
@blueprint.response(200, AgreementSchema(many=True))
def find_agreements(filters: dict[str, Any]) -> Any:
    """List the agreements you may see"""
    return queries.find_agreements(get_session(), actor=current_actor(), **filters)


@blueprint.get("/<agreement_id>")
@requires()
@blueprint.response(200, AgreementSchema)
def get_agreement(agreement_id: str) -> Any:
    """Show an agreement"""
    return queries.get_agreement_card(get_session(), agreement_id, actor=current_actor())


@blueprint.get("/<agreement_id>/terms")
@requires()
@blueprint.response(200, content_type="application/json", description="The exact bytes to sign")
def get_terms(agreement_id: str) -> Any:
    """Fetch the canonical bytes to sign"""
    agreement = queries.get_agreement(get_session(), agreement_id, actor=current_actor())
    return Response(agreement.terms, mimetype="application/json")


@blueprint.get("/<agreement_id>/clauses")
@requires()
@blueprint.arguments(ReadContractSchema, location="query")
@blueprint.response(200, ClauseSchema(many=True))
def read_agreed_clauses(asked: dict[str, str], agreement_id: str) -> Any:
    """Read the terms as clauses, each machine-read limit beside its words"""
    card = queries.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    return clauses_of(card.terms.document, asked["language"])


@blueprint.get("/<agreement_id>/policy")
@requires()
@blueprint.response(200, content_type="application/ld+json", description="An ODRL 2.2 agreement in JSON-LD")
def get_policy(agreement_id: str) -> Any:
    """Fetch the usage policy of the terms as ODRL"""
    card = queries.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    document = card.terms.document
    policy = describe_policy(document, sentences_of(document))
    return Response(canonical.to_bytes(policy), mimetype="application/ld+json")


@blueprint.get("/<agreement_id>/contract")
@requires()
@blueprint.response(200, ContractSchema)
def get_contract(agreement_id: str) -> Any:
    """Fetch the signed contract as one document"""
    agreement = queries.get_agreement(get_session(), agreement_id, actor=current_actor())
    return queries.contract_document(get_session(), agreement)


@blueprint.post("/<agreement_id>/renewal")
@requires(PROVIDER, BUYER)
@blueprint.arguments(RenewAgreementSchema(partial=True))
@blueprint.response(201, NegotiationSchema)
def renew_agreement(asked: dict[str, Any], agreement_id: str) -> Any:
    """Begin to negotiate the agreement that is to follow"""
    return renewal.renew_agreement(
        get_session(),
        actor=current_actor(),
        agreement_id=agreement_id,
        changes=asked["changes"],
        house=house_rules(get_context().settings),
        now=now(),
        proposal=Proposal(asked["message"], asked["answer_days"]),
    )


@blueprint.post("/<agreement_id>/signature")
@requires(PROVIDER, BUYER)
@needs_idempotency_key
@blueprint.arguments(SignAgreementSchema)
@blueprint.response(200, SignedAgreementSchema)
def sign_agreement(signature: dict[str, str], agreement_id: str) -> Any:
    """Add your signature"""
    given, actor, at = Signature(**signature), current_actor(), now()
    try:
        return service.sign_agreement(
            get_session(),
            actor=actor,
            agreement_id=agreement_id,
            signature=given,
            signing_key_of=get_context().signing_key_of,
            now=at,
        )
    except DomainError as refusal:
        noted = {"agreement_id": agreement_id, "signature": given, "refusal": refusal, "now": at}
        after_refusal(lambda session: note_refused_signature(session, actor=actor, **noted))
        raise
