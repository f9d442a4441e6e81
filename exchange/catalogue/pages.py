"""The catalogue's pages."""

from typing import Any

from flask import Blueprint, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue import labels, queries
from exchange.catalogue.disclosure.view import data_view
from exchange.catalogue.exports.answers import described
from exchange.catalogue.exports.documents import LISTING_FILES, script_text
from exchange.context import get_context
from exchange.core.i18n import chosen_locale
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue", template_folder="templates")
#: Notices of its data set that a listing page shows; the rest are a link away.
_NOTICES_SHOWN = 6


@blueprint.get("/<listing_id>")
@requires()
def show_listing(listing_id: str) -> str:
    """One listing: what it holds, what it may be used for, what it costs."""
    session, actor = get_session(), current_actor()
    listing = queries.get_published_listing(session, listing_id, actor=actor, now=now())
    return render_template(
        "catalogue/listing.html",
        listing=listing,
        provider=participants.get_organisation_card(session, listing.organisation_id),
        prices=queries.find_price_history(session, listing_id, actor=actor, now=now()),
        versions=_versions(session, listing, actor),
        data=data_view(session, listing, now=now(), chinese=chosen_locale().startswith("zh")),
        sections=_sections(session, listing_id),
        files=LISTING_FILES,
        json_ld=_json_ld(listing),
        dataset_id=listing.dataset_id,
        history=datasets.find_history(session, actor=actor, dataset_id=listing.dataset_id, now=now()),
        notices=datasets.find_notices(
            session, actor=actor, dataset_id=listing.dataset_id, limit=_NOTICES_SHOWN
        ),
        labels=labels,
    )


def _json_ld(listing: queries.PublishedListing) -> Markup | None:
    """What search engines read; like every export it is there only while the listing takes deals."""
    if not listing.is_on_offer:
        return None
    return Markup(script_text(described(listing.id)))  # noqa: S704 - every `<` in it is escaped


def _versions(session: Session, listing: queries.PublishedListing, actor: participants.Actor) -> list[Any]:
    """The review of each version, for those who work on the listing."""
    if not (actor.oversees or actor.organisation_id == listing.organisation_id):
        return []
    return queries.find_versions_of(session, listing.id, actor=actor)


def _sections(session: Session, listing_id: str) -> list[Any]:
    """What later stages tell the reader about the listing."""
    parts = get_context().page_parts.get("listing.deals", ())
    told = [part(session, actor=current_actor(), listing_id=listing_id) for part in parts]
    return [section for section in told if section]


def subject_url(subject: str) -> str | None:
    """Where the thing that an event of the log is about has its page."""
    return url_for("catalogue.show_listing", listing_id=subject) if subject.startswith("lst_") else None
