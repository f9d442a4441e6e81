"""The register's pages; both are for everybody."""

from typing import Any

import segno
from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import participants
from exchange.catalogue import labels
from exchange.core.errors import DomainError
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants import Actor
from exchange.participants.access import public
from exchange.registry import queries, resolver
from exchange.registry.certificate import read_certificate

blueprint = Blueprint("registry_pages", __name__, template_folder="templates")
_TONES = {"valid": "good", "listed": "good", "superseded": "neutral", "expired": "warning"}


@blueprint.get("/certificates/<number>")
@public
def show_certificate(number: str) -> str:
    """One certificate, verified while the page is made."""
    session = get_session()
    certificate = queries.get_certificate_card(session, number, now=now())
    return render_template(
        "registry/certificate.html",
        certificate=certificate,
        is_genuine=_is_genuine(session, certificate),
        qr=_qr(url_for("registry_pages.show_certificate", number=number, _external=True)),
        labels=labels,
    )


@blueprint.get("/id/<prefix>/<path:suffix>")
@public
def show_product(prefix: str, suffix: str) -> str:
    """What a handle stands for, for people; it stays when the product is gone."""
    version = request.args.get("version", type=int)
    handle = f"{prefix}/{suffix}"
    product = resolver.resolve(get_session(), handle, version=version, now=now())
    return render_template(
        "registry/product.html",
        product=product,
        qr=_qr(url_for("registry_pages.show_product", prefix=prefix, suffix=suffix, _external=True)),
        labels=labels,
    )


def registration_part(session: Session, *, actor: Actor, listing_id: str) -> dict[str, Any] | None:
    """The certificates of a listing, for its page."""
    del actor  # whoever sees the listing may see them
    found = queries.find_certificates(session, listing_id, now=now())
    if not found:
        return None
    return {
        "title": gettext("Registration"),
        "cards": [_card(certificate) for certificate in found[:2]],
    }


@blueprint.app_template_global()
def register_state_label(state: str) -> str:
    """The state of a certificate or product in words."""
    return {
        "valid": gettext("Valid"),
        "superseded": gettext("Superseded"),
        "revoked": gettext("Revoked"),
        "expired": gettext("Expired"),
        "listed": gettext("Listed"),
        "suspended": gettext("Suspended"),
        "delisted": gettext("Delisted"),
    }.get(state, state)


@blueprint.app_template_global()
def register_state_tone(state: str) -> str:
    """The colour of a state."""
    return _TONES.get(state, "bad")


@blueprint.app_template_global()
def product_url(handle: str, version: int | None = None) -> str:
    """The page of a handle."""
    prefix, _, suffix = handle.partition("/")
    return url_for("registry_pages.show_product", prefix=prefix, suffix=suffix, version=version)


@blueprint.app_template_global()
def link_to_product(handle: str, version: int) -> Markup:
    """A handle that leads to its page."""
    return Markup('<a href="{}">{}</a>').format(product_url(handle, version), handle)


@blueprint.app_template_global()
def link_to_certificate(number: str | None) -> Markup | str:
    """A certificate's number that leads to its page; a dash when there is none."""
    if number is None:
        return "–"
    url = url_for("registry_pages.show_certificate", number=number)
    return Markup('<a href="{}">{}</a>').format(url, number)


def _card(certificate: queries.CertificateCard) -> dict[str, Any]:
    return {
        "kicker": certificate.document["handle"],
        "title": gettext("Certificate %(number)s", number=certificate.number),
        "url": url_for("registry_pages.show_certificate", number=certificate.number),
        "text": gettext("National form %(number)s", number=certificate.document["product_no"]),
        "badge": register_state_label(certificate.state),
        "tone": register_state_tone(certificate.state),
    }


def _is_genuine(session: Session, certificate: queries.CertificateCard) -> bool:
    """Whether the signature holds over exactly what the page shows."""
    key = participants.get_exchange_key(session, "signing")
    try:
        return read_certificate(certificate.token, key=key) == certificate.document
    except DomainError:
        return False


def _qr(url: str) -> Markup:
    # Made of digits and known words by segno, without any text of strangers.
    return Markup(segno.make(url, micro=False).svg_inline(scale=3, omitsize=True))  # noqa: S704
