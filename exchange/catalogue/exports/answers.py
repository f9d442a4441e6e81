"""The exports as answers to requests, for the API and for the portal."""

from dataclasses import replace
from typing import Any

from flask import Response, request, url_for

from exchange import datasets, participants
from exchange.catalogue.exports.dcat import CataloguePage
from exchange.catalogue.exports.described import DescribedListing
from exchange.catalogue.exports.documents import Document, render, render_catalogue
from exchange.catalogue.exports.queries import (
    describe_published,
    find_described,
    get_described,
    provider_card,
)
from exchange.catalogue.exports.schemas import MOST_LISTINGS
from exchange.catalogue.queries import PublishedListing
from exchange.context import get_context
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor


def base_url() -> str:
    """The address with which all names in exported documents begin."""
    return get_context().settings.public_url.rstrip("/") or request.url_root.rstrip("/")


def described(listing_id: str) -> DescribedListing:
    """The listing as the caller may see it."""
    found = get_described(get_session(), listing_id, actor=current_actor(), now=now(), base_url=base_url())
    return _identified([found])[0]


def described_as_read(
    listing: PublishedListing,
    *,
    provider: participants.OrganisationCard,
    revision: datasets.RevisionCard | None,
) -> DescribedListing:
    """The listing on offer that a page has read for the caller already."""
    found = describe_published(
        get_session(), listing, provider=provider, revision=revision, base_url=base_url()
    )
    return _identified([found])[0]


def send_listing_file(listing_id: str, name: str) -> Response:
    """One file about a listing."""
    return _sent(render(described(listing_id), name), prefix=f"{listing_id}-")


def send_catalogue(form: str, endpoint: str, *, after: str = "", limit: int = MOST_LISTINGS) -> Response:
    """A page of the catalogue; the next one is named inside it and in the Link header."""
    session = get_session()
    listings, more = find_described(
        session, actor=current_actor(), now=now(), base_url=base_url(), after=after, limit=limit
    )
    page = CataloguePage(
        base_url=base_url(),
        operator=provider_card(participants.get_operator_card(session)),
        listings=_identified(listings),
        address=_address(endpoint, form, after, limit),
        next_address=_address(endpoint, form, more, limit) if more else None,
    )
    response = _sent(render_catalogue(page, form))
    if page.next_address:
        response.headers["Link"] = f'<{page.next_address}>; rel="next"'
    return response


def _identified(listings: list[DescribedListing]) -> list[DescribedListing]:
    """The listings with the names that later rooms, such as the register, gave them."""
    named: dict[str, tuple[tuple[str, str], ...]] = {}
    for part in get_context().page_parts.get("exports.identifiers", ()):
        named |= part(get_session(), {listing.id: listing.version for listing in listings})
    return [replace(listing, identifiers=named.get(listing.id, ())) for listing in listings]


def _address(endpoint: str, form: str, after: str, limit: int) -> str:
    asked: dict[str, Any] = {"format": form} if endpoint.startswith("exports.") else {}
    asked |= {"after": after} if after else {}
    asked |= {"limit": limit} if limit != MOST_LISTINGS else {}
    return base_url() + url_for(endpoint, **asked)


def _sent(document: Document, *, prefix: str = "") -> Response:
    response = Response(document.body, content_type=f"{document.media_type}; charset=utf-8")
    name = prefix + document.name.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
