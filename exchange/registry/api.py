"""The register over HTTP: resolving and verifying is for everybody."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from exchange.core.errors import NotFound
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER, REGULATOR
from exchange.registry import queries, resolver, service
from exchange.registry.schemas import (
    CertificateSchema,
    DecideObjectionSchema,
    FindObjectionsSchema,
    FindRegistrationsSchema,
    HandleSchema,
    ObjectionSchema,
    RaiseObjectionSchema,
    RegistrationSchema,
    ResolveSchema,
    RevocationSchema,
    RevokeCertificateSchema,
)

handles = Blueprint("handles", __name__, url_prefix="/api/handles", description="Resolving identifiers")
blueprint = Blueprint(
    "registry", __name__, url_prefix="/api/v1", description="Registrations and their certificates"
)


@handles.get("/<prefix>/<path:suffix>")
@public
@handles.arguments(ResolveSchema, location="query")
@handles.response(200, HandleSchema)
@handles.alt_response(404, schema=HandleSchema, description="responseCode 100: no such handle")
def resolve_handle(question: dict[str, Any], prefix: str, suffix: str) -> Any:
    """Resolve a product's handle"""
    handle = f"{prefix}/{suffix}"
    try:
        found = resolver.resolve(get_session(), handle, now=now(), **question)
    except NotFound:
        # Programs of the Handle system read this form, so the refusal has it too.
        return {"responseCode": resolver.NOT_FOUND, "handle": handle, "values": []}, 404
    return {
        "responseCode": resolver.FOUND,
        "handle": handle,
        "values": found.values(request.host_url.rstrip("/")),
    }


@blueprint.get("/certificates/<number>")
@public
@blueprint.response(200, CertificateSchema)
def get_certificate(number: str) -> Any:
    """Show a certificate and how it stands"""
    return queries.get_certificate_card(get_session(), number, now=now())


@blueprint.post("/certificates/<number>/revocation")
@requires(OPERATOR)
@blueprint.arguments(RevokeCertificateSchema)
@blueprint.response(200, RevocationSchema)
def revoke_certificate(revocation: dict[str, str], number: str) -> Any:
    """End a certificate before its time"""
    return service.revoke_certificate(
        get_session(), actor=current_actor(), number=number, now=now(), **revocation
    )


@blueprint.get("/registrations")
@requires()
@blueprint.arguments(FindRegistrationsSchema, location="query")
@blueprint.response(200, RegistrationSchema(many=True))
def find_registrations(filters: dict[str, Any]) -> Any:
    """List registrations: those in public notice, and your own"""
    return queries.find_registrations(get_session(), actor=current_actor(), **filters)


@blueprint.get("/listings/<listing_id>/certificates")
@requires()
@blueprint.response(200, CertificateSchema(many=True))
def find_certificates(listing_id: str) -> Any:
    """List the certificates of a listing"""
    return queries.find_certificates(get_session(), listing_id, now=now())


@blueprint.post("/registrations/<listing_id>/<int:version>/objections")
@requires(PROVIDER, BUYER)
@blueprint.arguments(RaiseObjectionSchema)
@blueprint.response(201, ObjectionSchema)
def raise_objection(objection: dict[str, str], listing_id: str, version: int) -> Any:
    """Object to a registration in public notice"""
    return service.raise_objection(
        get_session(), actor=current_actor(), listing_id=listing_id, version=version, now=now(), **objection
    )


@blueprint.get("/objections")
@requires(OPERATOR, REGULATOR)
@blueprint.arguments(FindObjectionsSchema, location="query")
@blueprint.response(200, ObjectionSchema(many=True))
def find_objections(filters: dict[str, Any]) -> Any:
    """List objections"""
    return queries.find_objections(get_session(), **filters)


@blueprint.post("/objections/<objection_id>/decision")
@requires(OPERATOR)
@blueprint.arguments(DecideObjectionSchema)
@blueprint.response(200, ObjectionSchema)
def decide_objection(decision: dict[str, str], objection_id: str) -> Any:
    """Uphold or dismiss an objection"""
    return service.decide_objection(
        get_session(), actor=current_actor(), objection_id=objection_id, now=now(), **decision
    )
