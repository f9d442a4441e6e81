"""The catalogue's pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue import labels, queries
from exchange.catalogue.schemas import SECTORS
from exchange.context import get_context
from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.portal.charts import line_chart, sparkline

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue", template_folder="templates")
#: Listings of the catalogue that come with a picture; each costs the reading of its sample.
_MOST_PICTURES = 24
_NOTICES_SHOWN = 6


@dataclass(frozen=True)
class SampleChart:
    """One column of a public sample as a picture, with its numbers for those who cannot see it."""

    name: str
    unit: str
    picture: Markup
    rows: list[tuple[str, str | None]]


@blueprint.get("/")
@requires()
def show_catalogue() -> str:
    """Everything on offer, of one sector if asked."""
    session, sector = get_session(), request.args.get("sector") or None
    listings = queries.find_published_listings(session, sector=sector)
    return render_template(
        "catalogue/catalogue.html",
        listings=listings,
        pictures={
            listing.id: sample_picture(datasets.get_revision_card(session, listing.revision_id))
            for listing in listings[:_MOST_PICTURES]
        },
        sector=sector,
        sectors=SECTORS,
        labels=labels,
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
        sections=_sections(session, listing_id),
        dataset_id=listing.dataset_id,
        history=datasets.find_history(
            session, actor=current_actor(), dataset_id=listing.dataset_id, now=now()
        ),
        notices=datasets.find_notices(
            session, actor=current_actor(), dataset_id=listing.dataset_id, limit=_NOTICES_SHOWN
        ),
        labels=labels,
    )


def _sections(session: Session, listing_id: str) -> list[Any]:
    """What later stages tell the reader about the listing."""
    parts = get_context().page_parts.get("listing.deals", ())
    told = [part(session, actor=current_actor(), listing_id=listing_id) for part in parts]
    return [section for section in told if section]


def subject_url(subject: str) -> str | None:
    """Where the thing that an event of the log is about has its page."""
    return url_for("catalogue.show_listing", listing_id=subject) if subject.startswith("lst_") else None


def sample_charts(revision: datasets.RevisionCard, *, most: int = 2) -> list[SampleChart]:
    """Pictures of the public sample: the first numeric columns that change, over time."""
    return [_sample_chart(revision, item) for item in _changing_columns(revision)[:most]]


def sample_picture(revision: datasets.RevisionCard) -> Markup | None:
    """The sample's first changing column as a small picture without axes."""
    columns = _changing_columns(revision)
    if not columns:
        return None
    return sparkline(_points(revision, columns[0]["name"]), title=columns[0]["name"])


def _changing_columns(revision: datasets.RevisionCard) -> list[dict[str, Any]]:
    if revision.schema.get("time_field") is None or not revision.sample:
        return []
    distinct = {column["name"]: column["distinct"] for column in revision.profile["columns"]}
    return [
        item
        for item in revision.schema["fields"]
        if item["type"] in {"integer", "number"} and distinct.get(item["name"], 2) > 1
    ]


def _sample_chart(revision: datasets.RevisionCard, item: dict[str, Any]) -> SampleChart:
    name, unit = item["name"], labels.unit_label(item.get("unit"))
    points = _points(revision, name)
    times, values = _column(revision, revision.schema["time_field"]), _column(revision, name)
    picture = line_chart(points, title=name, unit=unit, empty=gettext("No data"))
    rows = [(labels.instant_text(at), value) for at, value in zip(times, values, strict=True)]
    return SampleChart(name, unit, picture, rows)


def _points(revision: datasets.RevisionCard, name: str) -> list[tuple[date, float | None]]:
    times, values = _column(revision, revision.schema["time_field"]), _column(revision, name)
    return [
        (_moment(at), None if value is None else float(value))
        for at, value in zip(times, values, strict=True)
        if at is not None
    ]


def _column(revision: datasets.RevisionCard, name: str) -> list[str | None]:
    at = [item["name"] for item in revision.schema["fields"]].index(name)
    return [row[at] for row in revision.sample]


def _moment(text: str) -> date:
    """A day for days and months, an instant in the portal's time for the rest."""
    if len(text) <= len("2026-01-31"):
        return date.fromisoformat(text if len(text) > len("2026-01") else f"{text}-01")
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else at.astimezone(SHANGHAI).replace(tzinfo=None)
