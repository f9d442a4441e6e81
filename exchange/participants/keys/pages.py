"""The pages of keys: an organisation's own, and what everybody downloads of the authority."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from exchange.context import get_context
from exchange.core.errors import DomainError, NotFound
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import BUYER, PROVIDER
from exchange.participants.keys import queries, service
from exchange.participants.keys.issuing import issuance_of
from exchange.trust.certificates import REASONS

blueprint = Blueprint("keys_pages", __name__, url_prefix="/keys", template_folder="templates")
authority_blueprint = Blueprint("authority", __name__, url_prefix="/authority")
_TONES = {"active": "good", "replaced": "neutral", "expired": "warning", "revoked": "bad"}


@blueprint.get("/")
@requires(PROVIDER, BUYER)
def show_keys() -> str:
    """The organisation's keys with their certificates, and the authority behind them."""
    return _page()


@blueprint.get("/<kid>/certificate.pem")
@requires()
def download_certificate(kid: str) -> Response:
    """The X.509 certificate of a member's key."""
    card = queries.get_key_card(get_session(), kid, now=now())
    if card.x509 is None:
        raise NotFound(f"X.509 cannot hold a key of {card.algorithm}", remedy="Take the statement instead.")
    return _file(card.x509.encode(), "application/x-pem-file", f"{kid}.pem")


@blueprint.get("/<kid>/statement.jws")
@requires()
def download_statement(kid: str) -> Response:
    """The authority's signed statement about a member's key; there is one for every algorithm."""
    card = queries.get_key_card(get_session(), kid, now=now())
    return _file(card.statement.encode(), "application/jose", f"{kid}.jws")


@blueprint.post("/<kid>/revoke")
@requires(PROVIDER, BUYER)
def revoke_key(kid: str) -> Any:
    """End a key; the box has to be ticked, because it is for good."""
    if not request.form.get("sure"):
        return _page(errors=[gettext("Tick the box: a key is ended for good.")]), 422
    try:
        service.revoke_signing_key(
            get_session(),
            actor=current_actor(),
            kid=kid,
            reason=request.form.get("reason", ""),
            note=request.form.get("note", "")[:500],
            issuance=issuance_of(get_context()),
            now=now(),
        )
    except DomainError as refusal:
        return _page(errors=[refusal.detail]), 422
    flash(gettext("The key is ended. What it signed before stays signed."), "success")
    return redirect(url_for("keys_pages.show_keys"), 303)


@authority_blueprint.get("/<kid>.pem")
@public
def download_root(kid: str) -> Response:
    """A root certificate of the authority, in PEM."""
    row = queries.get_authority(get_session(), kid)
    return _file(row.root.encode(), "application/x-pem-file", f"ca-{kid}.pem")


@authority_blueprint.get("/<kid>.crl")
@public
def download_list(kid: str) -> Response:
    """The revocation list in force, in DER, as RFC 5280 has it at the address in a certificate."""
    newest = queries.get_newest_list(get_session(), queries.get_authority(get_session(), kid).kid)
    der = x509.load_pem_x509_crl(newest.x509.encode()).public_bytes(Encoding.DER)
    return _file(der, "application/pkix-crl", f"crl-{kid}.crl")


@authority_blueprint.get("/<kid>.crl.pem")
@public
def download_list_pem(kid: str) -> Response:
    """The revocation list in force, in PEM, as `openssl verify -CRLfile` takes it."""
    newest = queries.get_newest_list(get_session(), queries.get_authority(get_session(), kid).kid)
    return _file(newest.x509.encode(), "application/x-pem-file", f"crl-{kid}.pem")


@blueprint.app_template_global()
def key_state_label(state: str) -> str:
    """The state of a key in words."""
    return {
        "active": gettext("In force"),
        "replaced": gettext("Replaced"),
        "expired": gettext("Certificate expired"),
        "revoked": gettext("Ended for good"),
    }[state]


@blueprint.app_template_global()
def key_state_tone(state: str) -> str:
    """The colour of a key's state."""
    return _TONES[state]


@blueprint.app_template_global()
def suite_label(suite: str) -> str:
    """A suite of algorithms in words."""
    return {
        "default": gettext("Default"),
        "hybrid": gettext("Post-quantum hybrid"),
        "sm": gettext("National algorithms (SM2)"),
    }[suite]


@blueprint.app_template_global()
def revocation_reason_label(reason: str) -> str:
    """Why a key was ended, in words."""
    return {
        "unspecified": gettext("Not stated"),
        "key-compromise": gettext("Somebody else may have it"),
        "affiliation-changed": gettext("The person or department changed"),
        "superseded": gettext("Another key took its place"),
        "cessation-of-operation": gettext("Not needed any more"),
    }[reason]


def _page(errors: list[str] | None = None) -> str:
    session = get_session()
    return render_template(
        "keys/keys.html",
        keys=queries.find_keys(session, current_actor().organisation_id, now=now()),
        authorities=queries.describe_authorities(session),
        algorithms=queries.describe_algorithms(),
        reasons=list(REASONS),
        errors=errors or [],
    )


def _file(data: bytes, mimetype: str, name: str) -> Response:
    response = Response(data, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
