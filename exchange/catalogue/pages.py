"""The catalogue's pages."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template

from exchange import datasets, participants
from exchange.catalogue import queries
from exchange.catalogue.labels import price_words, sector_label
from exchange.core.requests import get_session
from exchange.participants.access import requires
from exchange.portal.charts import line_chart

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue", template_folder="templates")


@blueprint.get("/")
@requires()
def show_catalogue() -> str:
    """Everything on offer."""
    listings = queries.find_published_listings(get_session())
    return render_template(
        "catalogue/catalogue.html", listings=listings, sector_label=sector_label, price_words=price_words
    )


@blueprint.get("/<listing_id>")
@requires()
def show_listing(listing_id: str) -> str:
    """One listing: what it holds, what it may be used for, what it costs."""
    session = get_session()
    listing = queries.get_published_listing(session, listing_id)
    revision = datasets.get_revision_card(session, listing.revision_id)
    return render_template(
        "catalogue/listing.html",
        listing=listing,
        provider=participants.get_organisation_card(session, listing.organisation_id),
        revision=revision,
        charts=sample_charts(revision),
        sector_label=sector_label,
        price_words=price_words,
    )


def sample_charts(revision: datasets.RevisionCard, *, most: int = 2) -> list[Any]:
    """Pictures of the public sample: the first numeric columns over time."""
    fields, sample = revision.schema["fields"], revision.sample
    names = [item["name"] for item in fields]
    time_field = revision.schema.get("time_field")
    if time_field is None or not sample:
        return []
    times = [_moment(row[names.index(time_field)]) for row in sample]
    numeric = [item for item in fields if item["type"] in {"integer", "number"}]
    return [
        line_chart(
            [
                (
                    at,
                    None
                    if row[names.index(item["name"])] is None
                    else float(row[names.index(item["name"])]),
                )
                for at, row in zip(times, sample, strict=True)
            ],
            title=item["name"],
            unit=item.get("unit") or "",
        )
        for item in numeric[:most]
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text if len(text) > len("2026-01") else f"{text}-01")
