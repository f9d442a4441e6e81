"""The page on which a negotiation begins: a buyer asks for access, a provider offers privately to one buyer."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from contracts.negotiations import forms, opening
from contracts.negotiations.forms import Listed
from contracts.negotiations.pages import blueprint
from contracts.negotiations.rounds import Proposal, house_rules
from contracts.terms import open_draft
from exchange import catalogue, participants
from exchange.catalogue import PublishedListing
from exchange.context import get_context
from exchange.core.errors import DomainError, Invalid, NotFound
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants import Actor, actors
from exchange.participants.access import current_actor, requires
from exchange.pricing.words import price_words


@blueprint.get("/new")
@requires(actors.BUYER, actors.PROVIDER)
def show_opening() -> Response:
    """The form, filled with what the listing says."""
    return _page(_listing(), faults={}, errors=[])


@blueprint.post("/new")
@requires(actors.BUYER, actors.PROVIDER)
def open_negotiation() -> Any:
    """Send the request or the offer; what is refused stands beside its field, and nothing typed is lost."""
    listing = _listing()
    try:
        negotiation = _open(get_session(), current_actor(), listing)
    except NotFound:
        raise
    except DomainError as refusal:
        faults, errors = forms.faults_of_fields(refusal)
        return _page(listing, faults=faults, errors=errors, status=422)
    flash(gettext("Sent; the other party sees it now."), "success")
    return redirect(url_for("negotiation_pages.show_negotiation", negotiation_id=negotiation.id), 303)


def opening_part(session: Session, *, actor: Actor, listing_id: str) -> dict[str, Any] | None:
    """The section of a listing's page from which a deal begins, for who may begin one."""
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now())
    if not listing.is_on_offer or listing.revision_id is None:
        return None
    is_own = listing.organisation_id == actor.organisation_id
    if not is_own and actors.BUYER not in actor.roles:
        return None
    return {
        "title": gettext("Begin a deal"),
        "cards": [
            {
                "title": gettext("Offer it to one buyer") if is_own else gettext("Request access"),
                "url": url_for("negotiation_pages.show_opening", listing=listing_id),
                "text": gettext("Only that buyer sees the offer.")
                if is_own
                else gettext("Say what for, choose columns and a price plan; the provider answers."),
            }
        ],
    }


def _listing() -> PublishedListing:
    listing_id = request.values.get("listing", "")
    return catalogue.get_published_listing(get_session(), listing_id, actor=current_actor(), now=now())


def _open(session: Session, actor: Actor, listing: PublishedListing) -> Any:
    draft = _listed_draft(listing)
    changes = forms.read_changes(request.form, forms.groups_of(draft, Listed.of(listing.content)), draft)
    asked = {"purpose": draft["purpose"], "scenario": draft["scenario"], **changes}
    if plan := request.form.get("plan", ""):
        asked["plan"] = plan
    common = {
        "actor": actor,
        "listing_id": listing.id,
        "house": house_rules(get_context().settings),
        "now": now(),
        "proposal": Proposal(request.form.get("message", "").strip()[:1000]),
    }
    if listing.organisation_id == actor.organisation_id:
        return opening.offer_privately(session, buyer_id=_buyer_id(session), changes=asked, **common)
    return opening.request_access(session, request=asked, **common)


def _buyer_id(session: Session) -> str:
    card = participants.find_card_by_uscc(session, request.form.get("buyer", ""))
    if card is None or actors.BUYER not in card.roles or card.state != "verified":
        raise Invalid(
            gettext("There is no verified buyer with this credit code."),
            field="buyer",
            remedy=gettext("Write the 18 characters of its unified social credit code."),
        )
    return card.id


def _listed_draft(listing: PublishedListing) -> dict[str, Any]:
    content = listing.content
    first = {"purpose": content["usage_policy"]["purposes"][0], "scenario": content["scenarios"][0]}
    return open_draft(content, first)


def _page(
    listing: PublishedListing, *, faults: dict[str, str], errors: list[str], status: int = 200
) -> Response:
    groups = forms.groups_of(_listed_draft(listing), Listed.of(listing.content))
    if request.method == "POST":
        groups = forms.refilled(request.form, groups)
    page = render_template(
        "negotiations/opening.html",
        listing=listing,
        is_own=listing.organisation_id == current_actor().organisation_id,
        groups=groups,
        plans=[(entry["code"], price_words(entry["plan"])) for entry in listing.content["price_plans"]],
        sent=request.form,
        faults=faults,
        errors=errors,
    )
    return make_response(page, status)
