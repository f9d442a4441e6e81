"""The catalogue's pages."""

from typing import Any

from flask import Blueprint, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import datasets, hosted, participants
from exchange.catalogue import labels, queries
from exchange.catalogue.disclosure.view import data_view
from exchange.catalogue.exports.answers import described_as_read
from exchange.catalogue.exports.documents import files_of, script_text
from exchange.context import get_context
from exchange.core.i18n import chosen_locale
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue", template_folder="templates")
#: Notices of its data set that a listing page shows; the rest are a link away.
_NOTICES_SHOWN = 6


@blueprint.get("/<listing_id>")
@requires()
def show_listing(listing_id: str) -> str:
    """One listing: what it holds, what it may be used for, what it costs."""
    session, actor = get_session(), current_actor()
    listing = queries.get_published_listing(session, listing_id, actor=actor, now=now())
    provider = participants.get_organisation_card(session, listing.organisation_id)
    # Read once for all that is told of it: profile and sample are large.
    revision = datasets.get_revision_card(session, listing.revision_id) if listing.revision_id else None
    is_chinese = chosen_locale().startswith("zh")
    return render_template(
        "catalogue/listing.html",
        listing=listing,
        provider=provider,
        prices=queries.find_listed_versions(session, listing_id),
        versions=_versions(session, listing, actor),
        data=data_view(session, listing, now=now(), chinese=is_chinese, revision=revision),
        sections=_sections(session, listing_id),
        files=files_of(listing.content),
        json_ld=_json_ld(listing, provider, revision),
        tested=_passed_test(session, listing),
        labels=labels,
        **_life_of_data(session, listing, actor),
    )


def _life_of_data(
    session: Session, listing: queries.PublishedListing, actor: participants.Actor
) -> dict[str, Any]:
    """Revisions and notices of the data set; what stays with its provider has neither here."""
    dataset_id = listing.dataset_id
    if dataset_id is None:
        return {"dataset_id": None, "history": [], "notices": []}
    return {
        "dataset_id": dataset_id,
        "history": datasets.find_history(session, actor=actor, dataset_id=dataset_id, now=now()),
        "notices": datasets.find_notices(session, actor=actor, dataset_id=dataset_id, limit=_NOTICES_SHOWN),
    }


@blueprint.get("/<listing_id>/versions/<int:number>")
@requires(PROVIDER, OPERATOR, REGULATOR)
def show_version(listing_id: str, number: int) -> str:
    """One version as those who work on it read it: its review, and what stands behind a hosted product."""
    session, actor = get_session(), current_actor()
    version = queries.get_own_version(session, listing_id, number, actor=actor)
    listing = queries.get_version_card(session, listing_id, number)
    return render_template(
        "catalogue/version.html",
        listing_version=version,
        listing=listing,
        was_listed=queries.get_listing(session, listing_id).listed_version is not None,
        provider=participants.get_organisation_card(session, listing.organisation_id),
        reviews=queries.find_reviews(session, listing_id, number),
        prices=[],
        data=data_view(session, listing, now=now(), chinese=chosen_locale().startswith("zh")),
        labels=labels,
        **_behind_api(session, listing, version),
    )


def _behind_api(session: Session, listing: queries.PublishedListing, version: Any) -> dict[str, Any]:
    """The whole description and its tests, for reviewers of a version whose data stay with the provider."""
    if version.hosted_id is None:
        return {"described": None, "tests": []}
    described = hosted.get_described_api(session, version.hosted_id, version.hosted_version)
    tests = hosted.find_tests_of(
        session, organisation_id=listing.organisation_id, api_sha256=described.api_sha256
    )
    return {"described": described, "tests": tests}


def _passed_test(session: Session, listing: queries.PublishedListing) -> Any:
    """The newest passed test of the description on offer, so that buyers see since when it stood."""
    described = listing.content["hosted"]
    if described is None:
        return None
    return hosted.find_passed_test(
        session, organisation_id=listing.organisation_id, api_sha256=described["api_sha256"]
    )


def _json_ld(
    listing: queries.PublishedListing,
    provider: participants.OrganisationCard,
    revision: datasets.RevisionCard | None,
) -> Markup | None:
    """What search engines read; like every export it is there only while the listing takes deals."""
    if not listing.is_on_offer:
        return None
    described = described_as_read(listing, provider=provider, revision=revision)
    return Markup(script_text(described))  # noqa: S704 - every `<` in it is escaped


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
